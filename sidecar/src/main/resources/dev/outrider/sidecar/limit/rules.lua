-- The arithmetic of limit/Rule.java, for Redis. Both must be changed together. All numbers are
-- whole and below 2^52, where Lua's numbers are exact; %.0f writes them out in full.
-- A rule r has code, limit, window, unit, gain, cost; a state s belongs to one key.

local floor, max, min = math.floor, math.max, math.min

local function ceil(x, y)
  return floor((x + y - 1) / y)
end

local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

-- Three numbers of a key, or of nothing.
local function load(key)
  local text = redis.call('GET', key)
  if not text then
    return {key = key, a = 0, b = 0, c = 0}
  end
  local a, b, c = string.match(text, '^(%d+):(%d+):(%d+)$')
  return {key = key, a = tonumber(a), b = tonumber(b), c = tonumber(c)}
end

local function store(s, reset)
  redis.call('SET', s.key, string.format('%.0f:%.0f:%.0f', s.a, s.b, s.c),
    'PX', string.format('%.0f', ceil(reset, 1000) + 1))
end

local FIXED = {
  load = function(key, now, r)
    local s = load(key)
    local begin = now - now % r.window
    if begin > s.a then
      s.a, s.b = begin, 0
    end
    return s
  end,
  wait = function(s, now, r)
    return s.b + r.cost <= r.limit and 0 or s.a + r.window - now
  end,
  charge = function(s, now, r)
    s.b = s.b + r.cost
    store(s, s.a + r.window - now)
  end,
  remaining = function(s, now, r)
    return max(0, r.limit - s.b)
  end,
  reset = function(s, now, r)
    return s.a + r.window - now
  end,
}

-- A list of 'time:cost:sum', where sum counts the costs of all requests so far, this one included.
local function stamp(text)
  local time, cost, sum = string.match(text, '^(%d+):(%d+):(%d+)$')
  return tonumber(time), tonumber(cost), tonumber(sum)
end

local LOG = {
  load = function(key, now, r)
    local s = {key = key, total = 0, last = 0, sum = 0}
    while true do
      local text = redis.call('LINDEX', key, 0)
      if not text then
        return s
      end
      local time, cost, sum = stamp(text)
      if time > now - r.window then
        local last, _, lastSum = stamp(redis.call('LINDEX', key, -1))
        s.last, s.sum = last, lastSum
        s.total = lastSum - sum + cost
        return s
      end
      redis.call('LPOP', key)
    end
  end,
  wait = function(s, now, r)
    if s.total + r.cost <= r.limit then
      return 0
    end
    local lacking = s.total + r.cost - r.limit
    local freed, at = 0, 0
    for _, text in ipairs(redis.call('LRANGE', s.key, 0, lacking - 1)) do
      local time, cost = stamp(text)
      freed, at = freed + cost, time
      if freed >= lacking then
        break
      end
    end
    return at + r.window - now
  end,
  charge = function(s, now, r)
    s.last, s.total, s.sum = max(now, s.last), s.total + r.cost, s.sum + r.cost
    redis.call('RPUSH', s.key, string.format('%.0f:%.0f:%.0f', s.last, r.cost, s.sum))
    redis.call('PEXPIRE', s.key, string.format('%.0f', ceil(s.last + r.window - now, 1000) + 1))
  end,
  remaining = function(s, now, r)
    return max(0, r.limit - s.total)
  end,
  reset = function(s, now, r)
    return s.total == 0 and 0 or s.last + r.window - now
  end,
}

local STEPS = 10000

local function step(r)
  return ceil(r.window, STEPS)
end

local function past(s, now, r)
  return s.c * (STEPS - floor(max(0, now - s.a) / step(r)))
end

local function fits(count, free, r)
  return count <= free and 0 or (STEPS - floor(free * STEPS / count)) * step(r)
end

local COUNTER = {
  load = function(key, now, r)
    local s = load(key)
    local begin = now - now % r.window
    if begin > s.a then
      s.c = s.a == begin - r.window and s.b or 0
      s.a, s.b = begin, 0
    end
    return s
  end,
  wait = function(s, now, r)
    local free = r.limit - s.b - r.cost
    if past(s, now, r) <= free * STEPS then
      return 0
    end
    if free >= 0 then
      local at = fits(s.c, free, r)
      if at < r.window then
        return s.a + at - now
      end
    end
    return s.a + r.window + min(fits(s.b, r.limit - r.cost, r), r.window) - now
  end,
  charge = function(s, now, r)
    s.b = s.b + r.cost
    store(s, s.a + 2 * r.window - now)
  end,
  remaining = function(s, now, r)
    return floor(max(0, (r.limit - s.b) * STEPS - past(s, now, r)) / STEPS)
  end,
  reset = function(s, now, r)
    local windows = s.b > 0 and 2 or s.c > 0 and 1 or 0
    return windows == 0 and 0 or s.a + windows * r.window - now
  end,
}

local BUCKET = {
  load = function(key, now, r)
    local s = load(key)
    if now > s.a then
      s.b = max(0, s.b - min(now - s.a, ceil(s.b, r.gain)) * r.gain)
      s.a = now
    end
    return s
  end,
  wait = function(s, now, r)
    local over = s.b + r.cost * r.unit - r.limit * r.unit
    return over <= 0 and 0 or ceil(over, r.gain) + s.a - now
  end,
  charge = function(s, now, r)
    s.b = s.b + r.cost * r.unit
    store(s, ceil(s.b, r.gain) + s.a - now)
  end,
  remaining = function(s, now, r)
    return floor(max(0, r.limit * r.unit - s.b) / r.unit)
  end,
  reset = function(s, now, r)
    return s.b == 0 and 0 or ceil(s.b, r.gain) + s.a - now
  end,
}

local ALGORITHMS = {FIXED, LOG, COUNTER, BUCKET}

-- The rule at i: seven arguments each.
local function rule(i)
  local at = (i - 1) * 7
  return {
    algorithm = ALGORITHMS[tonumber(ARGV[at + 1])],
    limit = tonumber(ARGV[at + 2]),
    window = tonumber(ARGV[at + 3]),
    unit = tonumber(ARGV[at + 4]),
    gain = tonumber(ARGV[at + 5]),
    cost = tonumber(ARGV[at + 6]),
    flag = tonumber(ARGV[at + 7]),
  }
end
