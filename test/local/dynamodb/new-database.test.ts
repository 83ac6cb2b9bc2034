import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { deflateRawSync } from 'node:zlib'
import sqlite from 'node-sqlite3-wasm'
import { findEmulator } from '../../../lib/local/dynamodb/emulators.ts'
import { makeDatabase, STREAM_RECORDS } from '../../../lib/local/dynamodb/new-database.ts'

/** The two queries that dynoxide runs for each put and for each read of a stream. */
const NEXT_NUMBER = `SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
  FROM _stream_records WHERE table_name = 'T'`
const NEXT_RECORDS = `SELECT * FROM _stream_records
  WHERE table_name = 'T' AND shard_id = 'S' AND CAST(sequence_number AS INTEGER) > 7
  ORDER BY CAST(sequence_number AS INTEGER) ASC LIMIT 100`

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'new-database-'))
})

afterEach(() => {
  rmSync(folder, { recursive: true })
})

/** Returns the statements of a database's tables and indexes. */
function schemaOf(path: string) {
  const database = new sqlite.Database(path)
  try {
    return database.all('SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY name')
  } finally {
    database.close()
  }
}

test('the stored file is a database after the statements', () => {
  const [path, fresh] = [join(folder, 'dynoxide.db'), join(folder, 'fresh.db')]
  makeDatabase(path)
  const database = new sqlite.Database(fresh)
  database.exec(STREAM_RECORDS)
  database.close()

  const text = deflateRawSync(readFileSync(fresh), { level: 9 }).toString('base64')
  const stored = { schema: schemaOf(path), remedy: `DATABASE should be ${text}` }
  expect(stored).toEqual({ ...stored, schema: schemaOf(fresh) })
  expect(stored.schema).toHaveLength(3)
})

test('a put and a read of a stream use an index', () => {
  const path = join(folder, 'dynoxide.db')
  makeDatabase(path)
  const database = new sqlite.Database(path)
  try {
    for (const query of [NEXT_NUMBER, NEXT_RECORDS]) {
      const plan = database.all(`EXPLAIN QUERY PLAN ${query}`).map(({ detail }) => String(detail))
      expect(plan).toEqual([
        expect.stringMatching(/USING( COVERING)? INDEX _stream_records_in_order/),
      ])
    }
  } finally {
    database.close()
  }
})

const dynoxide = findEmulator('dynoxide')
const withDynoxide = dynoxide ? test : test.skip

withDynoxide('the table and the queries match the installed dynoxide', () => {
  const { command = '' } = dynoxide?.commandFor(0, undefined) ?? {}
  const binary = plain(readFileSync(command, 'latin1'))

  const [table = ''] = STREAM_RECORDS.split(';')
  expect(binary).toContain(plain(table.replace('CREATE TABLE', 'CREATE TABLE IF NOT EXISTS')))
  expect(binary).toContain(plain(NEXT_NUMBER.replace("'T'", '?1')))
  expect(binary).toContain(
    plain(
      'AND shard_id = ?2 AND CAST(sequence_number AS INTEGER) > ?3 ORDER BY CAST(sequence_number AS INTEGER) ASC',
    ),
  )
})

function plain(sql: string): string {
  return sql.replaceAll(/\s+/g, ' ').trim()
}
