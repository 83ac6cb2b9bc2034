import type { AnyAggregate } from '../../event-sourcing/index.ts'
import { Misuse } from '../../event-sourcing/index.ts'
import {
  type AnyView,
  type HostedView,
  type KeyPart,
  stateOf,
} from '../../event-sourcing/views/index.ts'
import { enumValue } from '../resolvers/presentation.ts'
import { type ViewField, type ViewFiles, viewsIn } from './view-field.ts'

/** A view of the app, and the query field that it answers. */
export interface ApiView extends HostedView {
  readonly field: ViewField
}

/** Returns the views for their query fields. @throws TypeError for a field without a view */
export function hostedViews(files: ViewFiles, fields: readonly ViewField[]): ApiView[] {
  return fields.map((field) => {
    const { name, domain, resources, keys } = field
    const view = viewsIn(files[domain] ?? {})[name]
    if (!view) throw new Misuse(`The views of ${domain} have no view ${name}`)
    const toKey = (key: readonly KeyPart[]) =>
      key.map((part, index) =>
        keys[index]?.kind === 'enum' && typeof part === 'string' ? enumValue(part) : part,
      )
    return { name, view: keeping(view, field), resources, toKey, field }
  })
}

/** Makes a list without `keep` also keep what the API shows beside the state, such as getters. */
function keeping(view: AnyView, { item }: ViewField): AnyView {
  if (view.kind === 'fold' || view.keep) return view
  const keep = (resource: AnyAggregate) => {
    const state = stateOf(resource)
    const others = item.fields.filter(
      (field) => !(field in state) && field !== 'id' && field !== 'version',
    )
    return {
      ...state,
      ...Object.fromEntries(others.map((field) => [field, Reflect.get(resource, field)])),
    }
  }
  return { ...view, keep }
}
