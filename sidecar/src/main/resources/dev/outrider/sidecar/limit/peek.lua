-- What each key has left, without charging it: the time, and for each remaining and reset.

local now = clock()
local reply = {now}
for i = 1, #KEYS do
  local r = rule(i)
  local s = r.algorithm.load(KEYS[i], now, r)
  reply[2 * i] = r.algorithm.remaining(s, now, r)
  reply[2 * i + 1] = r.algorithm.reset(s, now, r)
end
return reply
