// `npm run generate`: runs the GraphQL code generator with codegen.yml of the folder in the argument.
// Default: the project. Reads the parts first, because the generator prints a mistake in a part three
// times, in a stack trace.
import { runCli } from '@graphql-codegen/cli'
import { expandedSchema } from './index.ts'

/** The same folder as in codegen.yml. */
const RESOLVERS = 'resolvers'

const [, , folder = '.'] = process.argv
process.chdir(folder)
try {
  expandedSchema(RESOLVERS)
  process.argv.splice(2, Infinity, '--config', 'codegen.yml', '--silent')
  process.exitCode = await runCli('')
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
