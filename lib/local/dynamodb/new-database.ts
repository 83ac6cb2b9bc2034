import { renameSync, writeFileSync } from 'node:fs'
import { inflateRawSync } from 'node:zlib'

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

/**
 * A database file of SQLite after {@link STREAM_RECORDS}, compressed. A start that made the file
 * with SQLite itself would take a fifth longer. If the statements change, their test prints the new
 * text.
 */
const DATABASE = [
  '7dcxbxMxFAdwX1JRKVKqLqgjb0yUioUVJI5goYj0Ui6u1EzWNX6AIedTbAfoWCRWNpZ+Jj4U6oVS5ZqKPfr/tudnP7',
  '930g2evhvbyPS+8mUR6Zk4FEkiXhIJIVpCiD1xpxkn4v9a4umv310hRLt7LQ5+HjzvXgsAAAAAAADYcPWkvX/0YpBc',
  'za0z/E2H6Lkoted55U3Q1unKG/aN9b1hLlMlaZS9luf00KEOEdEka+apF4uLBWtXlHxMw3SqeoGXK3Zz1m5VXrCndE',
  'qjTMk3Mu/3T1uPjgaDZFYfCsuFjaxv9zfC9t+2VPpqLKmR7NX3BV72v1fJ/k3JH4/XjTTa3wxbGzXvjVLPaM1tu3Sa',
  'j07SfEZv5YzSMzUZZcNcnshMHdc77yYnJc8VZRNF2dl4vM7yF3bxwexnvgz6U6jctqTjr9qWxYf1yfVatTD31ppfek',
  'up8LHwRluzLTf3XEQ2uoj/Jt7csArstTXsoo2XdYUOUf/mbS4O8bcBAAAAAAAA7DK8/wEAAAAAAAB2XwfvfwAAAAAA',
  'AICd9wc=',
].join('')

/** Creates dynoxide's database file, with an index that dynoxide lacks. */
export function makeDatabase(path: string): void {
  const unfinished = `${path}.${process.pid}`
  writeFileSync(unfinished, inflateRawSync(Buffer.from(DATABASE, 'base64')))
  renameSync(unfinished, path)
}
