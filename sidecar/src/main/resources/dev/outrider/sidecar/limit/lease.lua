-- Takes of each quota up to the flag's number of units, and nothing if fewer than the cost are
-- left. Gives the time, and for each key what was granted, wait, remaining and reset.

local now = clock()
local reply = {now}
for i = 1, #KEYS do
  local r = rule(i)
  local s = r.algorithm.load(KEYS[i], now, r)
  local wait = r.algorithm.wait(s, now, r)
  local granted = 0
  if wait == 0 then
    granted = max(r.cost, min(r.flag, r.algorithm.remaining(s, now, r)))
    r.cost = granted
    r.algorithm.charge(s, now, r)
  end
  reply[4 * i - 2] = granted
  reply[4 * i - 1] = wait
  reply[4 * i] = r.algorithm.remaining(s, now, r)
  reply[4 * i + 1] = r.algorithm.reset(s, now, r)
end
return reply
