module ebb.local/rig

go 1.24
