// `npm run generate`: runs the GraphQL code generator by codegen.yml. It would print a mistake of a
// domain's part three times, in a stack trace: so the parts are read here first.
import { runCli } from '@graphql-codegen/cli'
import { expandedSchema } from './index.ts'

/** As codegen.yml has it. */
const RESOLVERS = 'resolvers'

try {
  expandedSchema(RESOLVERS)
  process.argv.push('--config', 'codegen.yml', '--silent')
  process.exitCode = await runCli('')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
