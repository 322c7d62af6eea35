module ebb.local/pause

go 1.24
