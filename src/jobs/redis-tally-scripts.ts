// The scripts of the tally in Redis. Each runs as one step, so that two processes never take one place.
import { exhaustedHoldMs, windowsMs } from '../digitalocean/request-tally.ts';

/**
 * KEYS: the requests sent (a sorted set by time), and the state (a hash: `held` until, `limit` of the hour,
 * `remaining` of the hour). ARGV[1]: the time in milliseconds; empty: the time of Redis, one clock for all.
 */
const prologue = `
local sent, state = KEYS[1], KEYS[2]
local now = tonumber(ARGV[1])
if now == nil then
  local time = redis.call('TIME')
  now = time[1] * 1000 + math.floor(time[2] / 1000)
end
local minute, hour = ${windowsMs.minute}, ${windowsMs.hour}
local function number(field)
  return tonumber(redis.call('HGET', state, field) or nil)
end
local function keep(key, more)
  redis.call('PEXPIRE', key, hour + (more or 0))
end
local function hold(ms)
  redis.call('HSET', state, 'held', math.max(number('held') or 0, now + ms))
  keep(state, ms)
end
local function left(remaining)
  if remaining > 0 then
    redis.call('HSET', state, 'remaining', remaining)
    keep(state, math.max(0, (number('held') or 0) - now))
  else
    redis.call('HDEL', state, 'remaining')
    hold(${exhaustedHoldMs})
  end
end
`;

/**
 * ARGV: most of the minute, most of the hour, percent of the hour, a name of the request. Counts it and gives
 * 0, or gives the milliseconds until there is room.
 */
export const takeScript = `${prologue}
redis.call('ZREMRANGEBYSCORE', sent, '-inf', now - hour)
-- Of a clock that was ahead: they would stay for too long.
redis.call('ZREMRANGEBYSCORE', sent, now + minute, '+inf')
local limit = math.min(tonumber(ARGV[3]), number('limit') or tonumber(ARGV[3]))
local most = math.max(1, math.floor(limit * tonumber(ARGV[4]) / 100))
local wait = (number('held') or 0) - now
local function room(length, places)
  local leaving = redis.call('ZREVRANGE', sent, places - 1, places - 1, 'WITHSCORES')[2]
  if leaving then wait = math.max(wait, tonumber(leaving) + length - now) end
end
room(minute, tonumber(ARGV[2]))
room(hour, most)
if wait > 0 then return math.ceil(wait) end
redis.call('ZADD', sent, now, ARGV[5])
keep(sent)
local remaining = number('remaining')
if remaining then left(remaining - 1) end
return 0`;

/** ARGV: the quota's limit and what remains of it, each empty where the answer did not say. */
export const observeScript = `${prologue}
local limit, remaining = tonumber(ARGV[2]), tonumber(ARGV[3])
if limit and limit >= 1 then redis.call('HSET', state, 'limit', limit) end
if remaining then left(remaining) else keep(state, math.max(0, (number('held') or 0) - now)) end
return 0`;

/** ARGV: milliseconds. */
export const holdScript = `${prologue}
hold(tonumber(ARGV[2]))
return 0`;

/** Gives the milliseconds that all requests are held back for. */
export const heldScript = `${prologue}
return math.max(0, math.ceil((number('held') or 0) - now))`;

/**
 * ARGV: the prefix of a process' names, milliseconds of its hold, and how long ago it sent each request. What
 * was counted of it is replaced, so that nothing is counted twice.
 */
export const restoreScript = `${prologue}
for _, name in ipairs(redis.call('ZRANGE', sent, 0, -1)) do
  if string.sub(name, 1, #ARGV[2]) == ARGV[2] then redis.call('ZREM', sent, name) end
end
for index = 4, #ARGV do
  redis.call('ZADD', sent, now - tonumber(ARGV[index]), ARGV[2] .. 'restored:' .. index)
end
keep(sent)
if tonumber(ARGV[3]) > 0 then hold(tonumber(ARGV[3])) end
return 0`;
