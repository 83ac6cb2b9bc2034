import type { Assembly } from '../assembly.ts'
import type { Faults } from '../faults/index.ts'
import type { Roles } from '../roles.ts'
import type { Template } from '../template/index.ts'
import { type Endpoints, functionEnvironment } from './environment.ts'
import { functionDefinition, type RunOptions } from './function-definition.ts'
import { FunctionHost } from './function-host.ts'
import type { LocalFunction } from './local-function.ts'
import type { Log } from './log.ts'

export type { LocalFunction } from './local-function.ts'
export type { Log, LogEntry } from './log.ts'

export interface Functions {
  /** By ARN, or by name; with a version or alias, it is the same function. Undefined: none. */
  find(arnOrName: string): LocalFunction | undefined
  /** Runs new invocations of a function on other code; those under way end on the old. */
  replaceCode(logicalId: string, folder: string): void
  /** Waits until no invocation is under way or waits. */
  drain(): Promise<void>
  /** Invocations under way have `grace` milliseconds to end. */
  stop(grace?: number): Promise<void>
}

export interface FunctionsOptions {
  readonly template: Template
  readonly assembly: Assembly
  readonly run: RunOptions
  readonly roles: Roles
  readonly endpoints: Endpoints
  readonly log: Log
  /** Takes the X-Ray segments of sampled invocations. */
  readonly trace: (segment: object) => void
  /** What goes wrong on purpose. */
  readonly faults: Faults
}

/** The functions of a template, ready to be invoked: their code is loaded when it is needed. */
export function startFunctions(options: FunctionsOptions): Functions {
  const { template, assembly, run, roles, endpoints, log, trace, faults } = options
  const hosts = template.resources('AWS::Lambda::Function').map((resource) => {
    const definition = functionDefinition(resource, assembly, run)
    const role =
      roles.ofRole(definition.roleArn) ??
      resource.properties().fail('Role', 'the template has no such role')
    const environment = functionEnvironment(definition, role, endpoints)
    return {
      name: resource.name,
      host: new FunctionHost(definition, { environment, log, trace, faults }),
    }
  })
  return {
    find: (arnOrName) =>
      hosts.find(
        ({ name, host }) =>
          arnOrName === name || arnOrName === host.arn || arnOrName.startsWith(`${host.arn}:`),
      )?.host,
    replaceCode(logicalId, folder) {
      hosts.find(({ host }) => host.logicalId === logicalId)?.host.replaceCode(folder)
    },
    async drain() {
      await Promise.all(hosts.map(({ host }) => host.drain()))
    },
    async stop(grace) {
      await Promise.all(hosts.map(({ host }) => host.stop(grace)))
    },
  }
}
