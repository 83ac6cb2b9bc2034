import { dynamoDBViewStore, ViewReader } from '../../event-sourcing/views/index.ts'
import { Guard, KEY_MAY_ALL, type Subject } from '../access/guard.ts'
import { rulesOf } from '../access/rules.ts'
import { showCheck } from '../schema-check/commit-check.ts'
import { hostedViews } from '../views/hosted-views.ts'
import type { ViewField, ViewFiles } from '../views/view-field.ts'
import { viewQueries } from '../views/view-queries.ts'
import { type ApiResource, prepareResources } from './api-resource.ts'
import { builtInQueries } from './built-in-queries.ts'
import { type Fields, fieldsOf } from './field.ts'
import { resolverHandler } from './resolver-handler.ts'

export interface FieldsParts {
  /**
   * The exports of a file like resolvers/shopping/commands.ts. Absent: the domain has no such file.
   */
  readonly file?: Readonly<Record<string, unknown>>
  /** The views of the domain. Absent: it has none. */
  readonly views?: DomainViewsParts
  /** The domain's resources. */
  readonly resources: readonly ApiResource[]
  /** Whether the function answers the built-in queries of these resources. */
  readonly builtIn: boolean
  /**
   * The exports of a file like resolvers/ordering/access.ts. Absent: everybody may call the fields.
   */
  readonly access?: Readonly<Record<string, unknown>>
  /** The subjects of the fields, for the rules. */
  readonly subjects?: Readonly<Record<string, Subject>>
}

export interface DomainViewsParts {
  /** The exports of the domain's views.ts, by domain. */
  readonly files: ViewFiles
  readonly fields: readonly ViewField[]
  /** The resources of other domains that the views list. */
  readonly resources: readonly ApiResource[]
}

/**
 * Returns the handler of a resolver function, with its access rules, and binds the resources to
 * their tables. Synth generates the function's entry file, which imports the domain's files and calls
 * this function: lib/infrastructure/functions/field-functions.ts.
 */
export function handlerOf({ file, resources, builtIn, access, subjects = {}, views }: FieldsParts) {
  prepareResources([...resources, ...(views?.resources ?? [])])
  const fields: Fields = Object.assign(
    {},
    ...(builtIn
      ? resources.map(({ name, resourceClass, queries, types, ...presentation }) =>
          builtInQueries(resourceClass, queries, showCheck(name, presentation, types)),
        )
      : []),
    file && fieldsOf(file),
    views && viewFields(views),
  )
  const guard = access && guardOf(access, subjects, resources)
  return resolverHandler(fields, guard)
}

function viewFields({ files, fields }: DomainViewsParts): Fields {
  const views = hostedViews(files, fields)
  const store = dynamoDBViewStore({ tableName: process.env.VIEW_TABLE })
  return viewQueries(views, new ViewReader({ views, store }))
}

function guardOf(
  access: Readonly<Record<string, unknown>>,
  subjects: Readonly<Record<string, Subject>>,
  resources: readonly ApiResource[],
): Guard {
  const classes = new Map(resources.map(({ name, resourceClass }) => [name, resourceClass]))
  const keyMayAll = process.env[KEY_MAY_ALL] === 'true'
  return new Guard({ rules: rulesOf(access), subjects, classes, keyMayAll })
}
