"""What has to be one step in Redis and is more than one command: https://redis.io/docs/latest/develop/programmability/

A room is a sorted set ``room:<kind>``: one member for each slot of a record, by the time at which the record ends. What
Redis expired by itself leaves the set with the next write.
"""

# KEYS: record, and its room if it has one. ARGV: value, lifetime (ms), slots of the room, bytes of a slot, NX, XX or
# nothing, and what the record must still hold, if anything.
KEEP = """
if ARGV[6] and redis.call('GET', KEYS[1]) ~= ARGV[6] then return 0 end
local how = ARGV[5] ~= '' and {ARGV[5]} or {}
if not redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2], unpack(how)) then return 0 end
if not KEYS[2] then return 1 end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for slot = 0, math.floor(#ARGV[1] / ARGV[4]) do
    redis.call('ZADD', KEYS[2], now + ARGV[2], slot .. ' ' .. KEYS[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now)
redis.call('PEXPIRE', KEYS[2], math.max(ARGV[2], redis.call('PTTL', KEYS[2])))
local excess = redis.call('ZCARD', KEYS[2]) - ARGV[3]
if excess > 0 then
    local oldest = redis.call('ZPOPMIN', KEYS[2], excess)
    for at = 1, #oldest, 2 do redis.call('DEL', (string.gsub(oldest[at], '^%d+ ', ''))) end
end
return 1
"""

# KEYS: record, room. ARGV: bytes of a slot. Removing is never refused for want of memory.
TAKE_FROM_ROOM = """
local value = redis.call('GET', KEYS[1])
if value then
    redis.call('DEL', KEYS[1])
    for slot = 0, math.floor(#value / ARGV[1]) do redis.call('ZREM', KEYS[2], slot .. ' ' .. KEYS[1]) end
end
return value
"""

# GETDEL for servers before 6.2, and for those whose operator took it away. KEYS: record.
TAKE = "local value = redis.call('GET', KEYS[1]) if value then redis.call('DEL', KEYS[1]) end return value"

# KEYS: record. ARGV: value. https://redis.io/docs/latest/commands/set/#patterns
RELEASE = "if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end return 0"

# KEYS: rooms. ARGV: how many slots each gives up.
MAKE_ROOM = """
for _, room in ipairs(KEYS) do
    local oldest = redis.call('ZPOPMIN', room, ARGV[1])
    for at = 1, #oldest, 2 do redis.call('DEL', (string.gsub(oldest[at], '^%d+ ', ''))) end
end
return 1
"""

# KEYS: buckets, and a record whose value is returned beside the wait. ARGV: cost and size of each bucket, in ms. The
# level of a bucket is how long it still lives.
SPEND = """
local wait, levels, value = 0, {}, redis.call('GET', KEYS[#KEYS])
for at = 1, #KEYS - 1 do
    levels[at] = math.max(redis.call('PTTL', KEYS[at]), 0) + ARGV[2 * at - 1]
    wait = math.max(wait, levels[at] - ARGV[2 * at])
end
if wait > 0 then return {math.ceil(wait), value} end
for at, level in ipairs(levels) do redis.call('SET', KEYS[at], '', 'PX', math.ceil(level)) end
return {0, value}
"""
