import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'
import { runFolder } from './run-folder.ts'

const ROOT = join(__dirname, '../..')
/**
 * The folders of the applications: that of the tests, that of the examples, and that of the attack
 * on the examples.
 */
const APPS = {
  tests: { settings: 'test/app/cdk.json', main: 'test/app/app.ts' },
  examples: { settings: 'cdk.json', main: 'lib/infrastructure/app.ts' },
  attacked: { settings: 'cdk.json', main: 'test/attack/fixture/app.ts' },
} as const
export type App = keyof typeof APPS

/**
 * Returns the folder of the synthesized cloud assembly. The first test file that calls this creates
 * it.
 */
export async function assembly(app: App = 'tests'): Promise<string> {
  const folder = join(runFolder(), `assembly-${app}`)
  const done = join(folder, 'done')
  mkdirSync(runFolder(), { recursive: true })
  try {
    mkdirSync(folder)
  } catch {
    await eventually(async () => existsSync(done) || undefined, 60_000)
    return folder
  }
  await synthesizeInto(folder, app)
  writeFileSync(done, '')
  return folder
}

/**
 * Synthesizes an application, without the rules for templates, which take seconds. `npm run synth`
 * checks them.
 * @param more context in addition to that of its cdk.json
 */
export async function synthesizeInto(folder: string, app: App, more: object = {}): Promise<void> {
  const { settings, main } = APPS[app]
  const { context }: { context: object } = JSON.parse(readFileSync(join(ROOT, settings), 'utf8'))
  await promisify(execFile)(process.execPath, ['--import', 'tsx', main], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }),
    },
  })
}
