-- Requests for one host after the other, so that every route is used. Arguments: the number of Ingresses, each with two hosts.
dofile(debug.getinfo(1, 'S').source:sub(2):gsub('gateway%-scale/hosts.lua$', 'lib/report.lua'))

local requests = {}
local next = 0

function init(args)
  for i = 0, tonumber(args[1]) - 1 do
    requests[#requests + 1] = wrk.format('GET', '/', { Host = 'app-' .. i .. '.example.com' })
    requests[#requests + 1] = wrk.format('GET', '/', { Host = 'www.app-' .. i .. '.example.com' })
  end
end

function request()
  next = next % #requests + 1
  return requests[next]
end
