import { rmSync } from 'node:fs'
import type { LocalDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { runFolder } from './run-folder.ts'

/** The resources that the global setup has started. */
export const shared: { dynamodb?: LocalDynamoDB } = {}

export default async function teardown(): Promise<void> {
  await shared.dynamodb?.stop()
  rmSync(runFolder(`${process.pid}`), { recursive: true, force: true })
}
