module ebb.local/hello

go 1.24
