import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { isolate } from '../../lib/local/process/environment.ts'
import { ENDPOINT } from './dynamodb.ts'
import { shared } from './global-teardown.ts'

/**
 * Starts the resources that all workers of a run share: an emulator, and a folder named after this
 * process.
 */
export default async function setup(): Promise<void> {
  process.env.TEST_RUNNER = `${process.pid}`
  isolate()
  // Saves two seconds a synth: `npm run synth` validates templates.
  process.env.CDK_VALIDATION = 'false'
  shared.dynamodb = await startDynamoDB()
  process.env[ENDPOINT] = shared.dynamodb.endpoint
}
