import { spawn } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { resolve as absolute, delimiter, dirname, join } from 'node:path'
import { isObject, type Json, type JsonObject, objectAt } from './template/index.ts'

/**
 * Synthesizes the CDK app of a folder into `outDir`, as `cdk synth` does, but without the command
 * line tool, which takes seconds by itself. Throws with the app's own output when it fails.
 *
 * @param signal ends the app under way.
 */
export async function synthesize(
  folder: string,
  outDir: string,
  signal?: AbortSignal,
): Promise<void> {
  const root = absolute(folder)
  const config = await readJson(join(root, 'cdk.json'))
  if (!config || typeof config.app !== 'string')
    throw new Error(`${folder} has no cdk.json with an app`)
  // Looked-up values override nothing: the tool, too, takes cdk.json's for them.
  const lookups = (await readJson(join(root, 'cdk.context.json'))) ?? {}
  const context = { ...lookups, ...objectAt(config, 'context') }
  await rm(outDir, { recursive: true, force: true })
  await run(
    config.app,
    root,
    {
      ...process.env,
      PATH: [...binFolders(root), process.env.PATH ?? ''].join(delimiter),
      CDK_OUTDIR: absolute(outDir),
      CDK_CONTEXT_JSON: JSON.stringify(context),
    },
    signal,
  )
}

/** Where npm finds a package's commands: below the folder and below each that it is in. */
function binFolders(folder: string): string[] {
  const bin = join(folder, 'node_modules', '.bin')
  const parent = dirname(folder)
  return parent === folder ? [bin] : [bin, ...binFolders(parent)]
}

function run(command: string, cwd: string, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(command, {
      cwd,
      env,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own, so that an end reaches the shell's children as well.
      detached: process.platform !== 'win32',
    })
    let output = ''
    const keep = (chunk: Buffer) => {
      output += chunk.toString()
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    const end = () => {
      if (child.pid === undefined) return
      if (process.platform === 'win32') child.kill()
      else process.kill(-child.pid, 'SIGTERM')
    }
    signal?.addEventListener('abort', end)
    if (signal?.aborted) end()
    child.on('error', reject)
    child.on('close', (code) => {
      signal?.removeEventListener('abort', end)
      if (code === 0) resolve()
      else if (signal?.aborted) reject(new Error('The start was given up'))
      else reject(new Error(`The CDK app does not synthesize (${command}):\n${output.trim()}`))
    })
  })
}

async function readJson(path: string): Promise<JsonObject | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const value: Json = JSON.parse(text)
  return isObject(value) ? value : undefined
}
