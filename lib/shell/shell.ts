import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type REPLServer, start } from 'node:repl'
import { PassThrough } from 'node:stream'
import { commitTogether } from '../event-sourcing/index.ts'
import { boundClasses } from './domains.ts'
import { localTables } from './local-tables.ts'

/**
 * Opens a prompt with the classes of the app in the working directory, bound to the tables of its
 * local run. Without a terminal, runs the lines of the standard input. Resolves at the end.
 * @param folder the state folder of the local run
 * @throws Error if there is no such run
 */
export async function openShell(folder: string): Promise<void> {
  const tables = await localTables(folder)
  try {
    const context = { ...(await boundClasses('.', tables)), commitTogether }
    if (process.stdin.isTTY) {
      const names = Object.keys(context).join(', ')
      process.stdout.write(`${names} at ${tables.endpoint}. Ctrl-D ends the shell.\n`)
      await prompt(context, join(folder, 'shell-history'))
    } else await runLines(context)
  } finally {
    tables.client.destroy()
  }
}

async function prompt(context: object, history: string): Promise<void> {
  const shell = start({ prompt: '> ' })
  Object.assign(shell.context, context)
  shell.setupHistory(history, (error) => {
    if (error) process.stderr.write(`The history is not stored: ${error.message}\n`)
  })
  await once(shell, 'exit')
}

/**
 * Runs each line after the line before has ended: Node.js's own prompt would start all of them at
 * once.
 */
async function runLines(context: object): Promise<void> {
  const input = new PassThrough()
  const shell = start({ prompt: '', input, output: process.stdout, terminal: false })
  Object.assign(shell.context, context)
  let isOpen = true
  const ended = once(shell, 'exit').then(() => {
    isOpen = false
  })
  for await (const line of createInterface({ input: process.stdin })) {
    const ready = nextPrompt(shell)
    input.write(`${line}\n`)
    await Promise.race([ready, ended])
    if (!isOpen) break
  }
  input.end()
  await ended
}

/** Resolves when the shell is ready for another line. */
function nextPrompt(shell: REPLServer): Promise<void> {
  return new Promise((resolve) => {
    shell.displayPrompt = () => resolve()
  })
}
