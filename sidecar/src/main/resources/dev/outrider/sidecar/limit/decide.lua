-- All quotas of a request as one step: all admit it and are charged, or none is. A rule whose flag
-- is 1 is a dry run: it never refuses. Gives the time, and for each key wait, remaining and reset.

local now = clock()
local rules, states, waits, allowed = {}, {}, {}, true
for i = 1, #KEYS do
  local r = rule(i)
  local s = r.algorithm.load(KEYS[i], now, r)
  local wait = r.algorithm.wait(s, now, r)
  rules[i], states[i], waits[i] = r, s, wait
  if wait > 0 and r.flag ~= 1 then
    allowed = false
  end
end
local reply = {now}
for i = 1, #KEYS do
  local r, s = rules[i], states[i]
  if allowed and waits[i] == 0 then
    r.algorithm.charge(s, now, r)
  end
  reply[3 * i - 1] = waits[i]
  reply[3 * i] = r.algorithm.remaining(s, now, r)
  reply[3 * i + 1] = r.algorithm.reset(s, now, r)
end
return reply
