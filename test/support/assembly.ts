import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { eventually } from './eventually.ts'
import { runFolder } from './run-folder.ts'

const ROOT = join(__dirname, '../..')
/** The application of the tests. */
const APP = 'test/app'

/**
 * Returns the folder of the synthesized cloud assembly. The first test file that calls this creates
 * it.
 */
export async function assembly(): Promise<string> {
  const folder = join(runFolder(), 'assembly')
  const done = join(folder, 'done')
  mkdirSync(runFolder(), { recursive: true })
  try {
    mkdirSync(folder)
  } catch {
    await eventually(async () => existsSync(done) || undefined, 60_000)
    return folder
  }
  await synthesizeInto(folder)
  writeFileSync(done, '')
  return folder
}

/**
 * Synthesizes the application of the tests.
 * @param more context in addition to that of cdk.json
 */
export async function synthesizeInto(folder: string, more: object = {}): Promise<void> {
  const { context }: { context: object } = JSON.parse(
    readFileSync(join(ROOT, APP, 'cdk.json'), 'utf8'),
  )
  await promisify(execFile)(process.execPath, ['--import', 'tsx', `${APP}/app.ts`], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...context, ...more }),
    },
  })
}
