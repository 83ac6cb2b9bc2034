import { isDeepStrictEqual } from 'node:util'
import { formatMessages, type Message } from 'esbuild'
import { buildMessages } from '../../bundles/index.ts'
import type { Assembly } from '../assembly.ts'
import { isObject, type Json, type JsonObject, objectAt } from '../json.ts'
import type { Assemblies } from '../synthesis/index.ts'
import type { CodeFolders, FunctionCode } from './function-code.ts'

export interface ReloaderOptions {
  /** The app's folder. */
  readonly root: string
  readonly assemblies: Assemblies
  readonly code: FunctionCode
  /** The assembly and the code that the run started with. */
  readonly assembly: Assembly
  readonly folders: CodeFolders
  /** Runs new invocations of a function on other code. */
  replaceCode(logicalId: string, folder: string): void
  /** Runs another template. Throws if that fails; the old template then keeps running. */
  replaceStack(assembly: Assembly, folders: CodeFolders): Promise<void>
  /** Prints a line about a reload. */
  print(line: string): void
  /** Receives the reason for a failed reload. The old code or template keeps running. */
  report(problem: unknown): void
}

/**
 * Updates a run after changes to source files. Bundles the functions that use a changed file at
 * once. Then synthesizes the app, and replaces the stack if the template has changed.
 */
export class Reloader {
  readonly #options: ReloaderOptions
  #assembly: Assembly
  #folders: Map<string, string>
  #codeTurn: Promise<void> = Promise.resolve()
  #stackTurn: Promise<void> = Promise.resolve()
  #synthesis = new AbortController()
  #stopped = false
  /** Whether the last change failed to bundle. */
  #failed = false
  /** Whether the last change failed to synthesize or run. */
  #unfit = false

  constructor(options: ReloaderOptions) {
    this.#options = options
    this.#assembly = options.assembly
    this.#folders = new Map(options.folders)
  }

  /** Reloads after a change of files. Returns while the reloads are still running. */
  changed(paths: ReadonlySet<string>): void {
    const began = performance.now()
    // The running synthesis is already out of date.
    this.#synthesis.abort()
    const synthesis = new AbortController()
    this.#synthesis = synthesis
    const { report } = this.#options
    const coded = this.#codeTurn.then(() => this.#reloadCode(paths, began)).catch(report)
    this.#codeTurn = coded
    this.#stackTurn = Promise.all([this.#stackTurn, coded])
      .then(() => this.#reloadStack(synthesis.signal, began))
      .catch(report)
  }

  /** Resolves once no reload is running. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#synthesis.abort()
    await this.#codeTurn
    await this.#stackTurn
  }

  async #reloadCode(paths: ReadonlySet<string>, began: number): Promise<void> {
    if (this.#stopped) return
    const { code, print, report } = this.#options
    try {
      const folders = await code.rebuild(paths)
      if (!this.#replaceCode(folders, began) && this.#failed) print('The error is fixed')
      this.#failed = false
    } catch (failure) {
      this.#failed = true
      const messages = buildMessages(failure)
      report(messages ? await readable(messages) : failure)
    }
  }

  async #reloadStack(signal: AbortSignal, began: number): Promise<void> {
    if (this.#stopped || signal.aborted) return
    const { assemblies, code, report, replaceStack, print } = this.#options
    try {
      const assembly = await assemblies.current(signal)
      if (signal.aborted) return
      if (this.#unfit || this.#failed) print('The error is fixed')
      // Functions that no longer exist, because their files were removed, cannot be bundled.
      this.#unfit = this.#failed = false
      if (assembly.folder === this.#assembly.folder) return
      const folders = await code.of(assembly)
      if (isDeepStrictEqual(withoutCode(assembly.template), withoutCode(this.#assembly.template))) {
        this.#assembly = assembly
        this.#replaceCode(assetFolders(assembly, folders), began)
      } else {
        await replaceStack(assembly, folders)
        const changes = changedResources(this.#assembly.template, assembly.template)
        this.#assembly = assembly
        this.#folders = new Map(assetFolders(assembly, folders))
        print(`reloaded the stack in ${millisecondsSince(began)}: ${changes}`)
      }
      await assemblies.keepOnly(assembly)
    } catch (problem) {
      if (signal.aborted) return
      // The failure to bundle has been reported. Synthesis bundles too, and fails for the same reason.
      if (!this.#failed) report(problem)
      this.#unfit = true
    }
  }

  /**
   * Replaces the code of the functions whose folder has changed.
   * @returns whether any code has changed
   */
  #replaceCode(folders: CodeFolders, began: number): boolean {
    const changed = [...folders].filter(([id, folder]) => this.#folders.get(id) !== folder)
    for (const [logicalId, folder] of changed) {
      this.#folders.set(logicalId, folder)
      this.#options.replaceCode(logicalId, folder)
    }
    if (changed.length === 0) return false
    const names = changed.map(([logicalId]) => logicalId).join(', ')
    this.#options.print(`reloaded ${names} in ${millisecondsSince(began)}`)
    return true
  }
}

/**
 * Returns the folders that the functions of an assembly run from: their installed code, or else
 * their assets.
 */
export function assetFolders(assembly: Assembly, folders: CodeFolders): CodeFolders {
  const functions = resourcesOf(assembly.template).filter(
    ([, resource]) => resource.Type === 'AWS::Lambda::Function',
  )
  return new Map(
    functions.flatMap(([logicalId]): [string, string][] => {
      const folder = folders.get(logicalId) ?? assembly.functionAsset(logicalId)
      return folder === undefined ? [] : [[logicalId, folder]]
    }),
  )
}

/** Returns the template without the code of functions, which can be replaced on its own. */
function withoutCode(template: JsonObject): Json {
  const resources = resourcesOf(template).map(([logicalId, resource]): [string, JsonObject] => {
    if (resource.Type !== 'AWS::Lambda::Function') return [logicalId, resource]
    const { Code: _, ...properties } = objectAt(resource, 'Properties')
    return [logicalId, { ...resource, Properties: properties, Metadata: {} }]
  })
  return { ...template, Resources: Object.fromEntries(resources) }
}

/** Summarizes the changes: `2 changed (ApiSchema, ApiKey), 1 new (Orders)`. */
function changedResources(before: JsonObject, after: JsonObject): string {
  const [old, now] = [before, after].map((template) => new Map(resourcesOf(template)))
  if (!old || !now) return ''
  const kinds = {
    changed: [...now.keys()].filter(
      (id) => old.has(id) && !isDeepStrictEqual(old.get(id), now.get(id)),
    ),
    new: [...now.keys()].filter((id) => !old.has(id)),
    removed: [...old.keys()].filter((id) => !now.has(id)),
  }
  const parts = Object.entries(kinds)
    .filter(([, ids]) => ids.length > 0)
    .map(([kind, ids]) => `${ids.length} ${kind} (${shortened(ids)})`)
  return parts.join(', ')
}

function shortened(ids: readonly string[]): string {
  return ids.length > 4 ? `${ids.slice(0, 4).join(', ')} …` : ids.join(', ')
}

function resourcesOf(template: JsonObject): [string, JsonObject][] {
  return Object.entries(objectAt(template, 'Resources')).flatMap(
    ([logicalId, resource]): [string, JsonObject][] =>
      isObject(resource) ? [[logicalId, resource]] : [],
  )
}

/** Formats esbuild's messages, with file, line and the surrounding lines of code. */
async function readable(errors: Message[]): Promise<string> {
  const color = process.stderr.isTTY === true
  const texts = await formatMessages(errors, { kind: 'error', color })
  return texts.map((text) => text.trim()).join('\n\n')
}

function millisecondsSince(began: number): string {
  return `${Math.round(performance.now() - began)} ms`
}
