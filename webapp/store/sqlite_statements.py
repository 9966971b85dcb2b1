"""What ``SqliteStore`` says to SQLite.

A record is live while it expires after the store's time. Each statement makes that time itself from ``:wall``, the
computer's clock, and from the row of ``clock``: so one statement is mostly enough.
"""

# ruff: noqa: S608 - nothing goes into these but each other.

VERSION = 2
"""Of the tables below. A file of another version is begun again, which signs everybody off."""

SCHEMA = (
    "DROP TABLE IF EXISTS records",
    """CREATE TABLE records (
        key TEXT PRIMARY KEY, value BLOB NOT NULL, expires REAL NOT NULL, room TEXT, slots INTEGER NOT NULL
    )""",
    "CREATE INDEX records_by_room ON records (room, expires)",
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

NOW = "(SELECT max(:wall, seen) + ahead FROM clock)"
USED = "(SELECT used FROM rooms WHERE room = :room)"
# What a statement returns is from before its triggers: of the room, what was used without this record.
_PUT = f"""
INSERT INTO records (key, value, expires, room, slots) VALUES (:key, :value, {NOW} + :ttl, :room, :slots)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires, slots = excluded.slots
"""
PUT = f"{_PUT} RETURNING {USED}"
ADD = f"{_PUT} WHERE records.expires <= {NOW} RETURNING {USED}"
_REPLACE = f"""
UPDATE records SET value = :value, expires = {NOW} + :ttl, slots = :slots WHERE key = :key AND expires > {NOW}
"""
REPLACE = f"{_REPLACE} RETURNING {USED}"
REPLACE_SEEN = f"{_REPLACE} AND value = :seen RETURNING {USED}"
GET = f"SELECT value FROM records WHERE key = :key AND expires > {NOW}"
LEFT = f"SELECT value, expires - {NOW} FROM records WHERE key = :key AND expires > {NOW}"
TOUCH = f"UPDATE records SET expires = {NOW} + :ttl WHERE key = :key AND expires > {NOW} RETURNING value"
# Finding and removing are one statement: of two processes that take at the same time, one gets no row.
TAKE = f"DELETE FROM records WHERE key = :key AND expires > {NOW} RETURNING value"
DROP = "DELETE FROM records WHERE key = :key"
RELEASE = f"DELETE FROM records WHERE key = :key AND value = :value AND expires > {NOW}"
LEVEL = f"SELECT expires - {NOW} FROM records WHERE key = :key"

# CROSS JOIN: room by room, each by the index.
SWEEP = f"""
DELETE FROM records WHERE rowid IN (
    SELECT rowid FROM records WHERE room IS NULL AND expires <= {NOW}
    UNION ALL SELECT records.rowid FROM rooms CROSS JOIN records USING (room) WHERE expires <= {NOW} LIMIT :most
)
"""
EVICT = f"""
DELETE FROM records WHERE rowid IN (
    SELECT rowid FROM records WHERE room = :room ORDER BY expires LIMIT max({USED} - :most, 0)
)
"""
MAKE_ROOM = """
DELETE FROM records WHERE rowid IN (SELECT rowid FROM records WHERE room IS NOT NULL ORDER BY expires LIMIT :most)
"""
# The index of the keys alone: to look at an end means to read past the value in front of it.
CENSUS = "SELECT substr(key, 1, instr(key, ':') - 1), count(*) FROM records GROUP BY 1"
CLOCK = "SELECT seen, ahead FROM clock"
SET_CLOCK = "UPDATE clock SET seen = :seen, ahead = :ahead"
