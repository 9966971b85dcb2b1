"""What ``SqliteStore`` says to SQLite.

A record is live while it expires after ``:now``, the store's time. A statement that only reads makes that time itself
from ``:wall``, the computer's clock, and from the row of ``clock``: so one statement is enough.
"""

VERSION = 2
"""Of the tables below. A file of another version is begun again, which signs everybody off."""

SCHEMA = (
    "DROP TABLE IF EXISTS records",
    """CREATE TABLE records (
        key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL, room TEXT, slots INTEGER NOT NULL
    )""",
    "CREATE INDEX records_by_end ON records (expires)",
    "CREATE INDEX records_by_room ON records (room, expires) WHERE room IS NOT NULL",
    "CREATE TABLE rooms (room TEXT PRIMARY KEY, used INTEGER NOT NULL) WITHOUT ROWID",
    "CREATE TABLE clock (seen REAL NOT NULL, ahead REAL NOT NULL)",
    "INSERT INTO clock VALUES (0, 0)",
    """CREATE TRIGGER record_enters AFTER INSERT ON records WHEN new.room IS NOT NULL BEGIN
        INSERT INTO rooms SELECT new.room, 0 WHERE NOT EXISTS (SELECT * FROM rooms WHERE room = new.room);
        UPDATE rooms SET used = used + new.slots WHERE room = new.room;
    END""",
    """CREATE TRIGGER record_changes AFTER UPDATE OF slots ON records WHEN new.slots <> old.slots BEGIN
        UPDATE rooms SET used = used + new.slots - old.slots WHERE room = new.room;
    END""",
    """CREATE TRIGGER record_leaves AFTER DELETE ON records WHEN old.room IS NOT NULL BEGIN
        UPDATE rooms SET used = used - old.slots WHERE room = old.room;
    END""",
    f"PRAGMA user_version = {VERSION}",
)

PUT = """
INSERT INTO records (key, value, expires, room, slots) VALUES (:key, :value, :expires, :room, :slots)
ON CONFLICT (key) DO UPDATE SET value = :value, expires = :expires, slots = :slots
"""
ADD = PUT + " WHERE records.expires <= :now"
REPLACE = "UPDATE records SET value = :value, expires = :expires, slots = :slots WHERE key = :key AND expires > :now"
REPLACE_SEEN = REPLACE + " AND value = :seen"
GET = "SELECT value FROM records, clock WHERE key = :key AND expires > max(:wall, seen) + ahead"
LEFT = """
SELECT value, expires - max(:wall, seen) - ahead FROM records, clock
WHERE key = :key AND expires > max(:wall, seen) + ahead
"""
TOUCH = "UPDATE records SET expires = :now + :ttl WHERE key = :key AND expires > :now RETURNING value"
# Finding and removing are one statement: of two processes that take at the same time, one gets no row.
TAKE = "DELETE FROM records WHERE key = :key AND expires > :now RETURNING value"
DROP = "DELETE FROM records WHERE key = :key"
RELEASE = "DELETE FROM records WHERE key = :key AND value = :value AND expires > :now"
FIND = "SELECT value FROM records WHERE key = :key AND expires > :now"
LEVEL = "SELECT expires - :now FROM records WHERE key = :key"
# BEGIN IMMEDIATE would not do: on a file that can only be read it succeeds.
NOTHING = "DELETE FROM records WHERE key IS NULL"

SWEEP = "DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE expires <= :now LIMIT :most)"
USED = "SELECT used FROM rooms WHERE room = :room"
EVICT = """
DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE room = :room ORDER BY expires LIMIT :most)
"""
MAKE_ROOM = """
DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE room IS NOT NULL ORDER BY expires LIMIT :most)
"""
# The index of the keys alone: to look at an end means to read past the value in front of it.
CENSUS = "SELECT substr(key, 1, instr(key, ':') - 1), count(*) FROM records GROUP BY 1"
CLOCK = "SELECT seen, ahead FROM clock"
SET_CLOCK = "UPDATE clock SET seen = :seen, ahead = :ahead"
