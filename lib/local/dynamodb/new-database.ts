import { renameSync } from 'node:fs'

/**
 * The statements for dynoxide's table of stream records, with an index. If the table is missing,
 * dynoxide 1.2 creates exactly this table. Each put to a table with a stream reads the greatest
 * sequence number. Each read of a stream reads the records after a sequence number. Without the
 * index, both scan all records, and a local run gets slower with each event: see docs/dependencies.md.
 */
export const STREAM_RECORDS = `
  CREATE TABLE _stream_records (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    table_name TEXT NOT NULL,
    event_name TEXT NOT NULL,
    keys_json TEXT NOT NULL,
    new_image TEXT,
    old_image TEXT,
    sequence_number TEXT NOT NULL,
    shard_id TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    user_identity TEXT
  );
  CREATE INDEX _stream_records_in_order
    ON _stream_records (table_name, CAST(sequence_number AS INTEGER));`

/** Creates dynoxide's database file, with an index that dynoxide lacks. */
export async function makeDatabase(path: string): Promise<void> {
  const { default: sqlite } = await import('node-sqlite3-wasm')
  const unfinished = `${path}.${process.pid}`
  const database = new sqlite.Database(unfinished)
  try {
    database.exec(STREAM_RECORDS)
  } finally {
    database.close()
  }
  renameSync(unfinished, path)
}
