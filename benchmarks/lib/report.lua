-- wrk's own summary rounds; this one line has the figures in full. Times are microseconds.
done = function(summary, latency)
  local e = summary.errors
  io.write(string.format(
    'EBB {"requests":%d,"duration_us":%d,"p50_us":%d,"p99_us":%d,"failed":%d}\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout
  ))
end
