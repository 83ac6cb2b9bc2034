import { startDynamoDB } from '../../lib/local/dynamodb/index.ts'
import { ENDPOINT } from './dynamodb.ts'
import { shared } from './global-teardown.ts'

/**
 * Starts the resources that all workers of a run share: an emulator, and a folder named after this
 * process.
 */
export default async function setup(): Promise<void> {
  process.env.TEST_RUNNER = `${process.pid}`
  // The AWS SDK warns every process about the next Node.js version that it requires.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true'
  // Saves two seconds a synth: `npm run synth` validates templates.
  process.env.CDK_VALIDATION = 'false'
  shared.dynamodb = await startDynamoDB()
  process.env[ENDPOINT] = shared.dynamodb.endpoint
}
