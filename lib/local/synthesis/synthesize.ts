import { spawn } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { resolve as absolute, delimiter, dirname, join } from 'node:path'
import { synthesisEnvironment } from '../process/environment.ts'
import type { CdkApp } from './app.ts'
import { readableOutput } from './output.ts'

/**
 * Synthesizes a CDK app into `outDir`, as `cdk synth` does. Skips the command line tool, which
 * takes seconds by itself. Skips the validation of the template, which `npm run synth` does.
 * @param signal ends the running app
 * @throws Error with the app's output if the app fails
 */
export async function synthesize(app: CdkApp, outDir: string, signal?: AbortSignal): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  const env = {
    ...synthesisEnvironment(),
    PATH: [...binFolders(app.root), process.env.PATH ?? ''].join(delimiter),
    CDK_OUTDIR: absolute(outDir),
    CDK_CONTEXT_JSON: JSON.stringify(app.context),
    CDK_VALIDATION: 'false',
    // An app may use this to generate files that are out of date.
    LOCAL_RUN: 'true',
  }
  try {
    await run(app, env, signal)
  } catch (error) {
    await rm(outDir, { recursive: true, force: true })
    throw error
  }
}

/**
 * Returns the folders where npm finds a package's commands: below the folder and each of its
 * parents.
 */
function binFolders(folder: string): string[] {
  const bin = join(folder, 'node_modules', '.bin')
  const parent = dirname(folder)
  return parent === folder ? [bin] : [bin, ...binFolders(parent)]
}

function run({ command, root }: CdkApp, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  return new Promise<void>((resolve, reject) => {
    const child = spawn(command, {
      cwd: root,
      env,
      shell: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      // Its own process group, so that ending it also reaches the shell's children.
      detached: process.platform !== 'win32',
      windowsHide: true,
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
      else if (signal?.aborted) reject(new Error('The start was canceled'))
      else
        reject(
          new Error(
            `The CDK app failed to synthesize (${command}):\n${readableOutput(root, output)}`,
          ),
        )
    })
  })
}
