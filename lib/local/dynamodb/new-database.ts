import { renameSync } from 'node:fs'

/**
 * dynoxide's table of stream records, exactly as dynoxide 1.2 creates it where it is missing, and
 * an index. Each put to a table with a stream looks for the greatest sequence number, and each read
 * of a stream looks for the records after one. Without the index, both go through all records, and
 * a local run gets slower with each event: see docs/local.md.
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

/** Makes dynoxide's database file, with an index that dynoxide lacks. */
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
