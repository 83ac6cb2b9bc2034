import {
  isUnderKey,
  type KeyPart,
  keptOf,
  type ListItem,
} from '../../event-sourcing/views/index.ts'
import type { FieldRequest } from '../resolvers/field.ts'
import type { ApiView } from './hosted-views.ts'
import { shownItem } from './shown-item.ts'

/** The most resources that are read at the same time. */
const AT_ONCE = 10

/** The items of a list in their API form. */
export class ListAnswer {
  readonly #view: ApiView
  readonly #show: (item: object) => object

  constructor(view: ApiView) {
    this.#view = view
    this.#show = shownItem(view.field.item)
  }

  /**
   * Returns the items of a page. Reads the resources anew if the field asks for fresh ones, or if
   * older code has built the page. Resources whose new state is under another key are left out.
   * Adds an error for each resource that cannot be read or shown.
   */
  async of(
    { items, isOld }: { readonly items: readonly ListItem[]; readonly isOld: boolean },
    key: readonly KeyPart[],
    request: FieldRequest,
  ): Promise<object[]> {
    const read = this.#view.field.isFresh || isOld
    const shown: object[] = []
    for (let first = 0; first < items.length; first += AT_ONCE) {
      const part = items.slice(first, first + AT_ONCE)
      const answers = await Promise.all(
        part.map(async (item) => {
          try {
            const current = read ? await this.#fresh(item, key) : item
            return current
              ? [this.#show({ ...current.kept, id: current.id, version: current.version })]
              : []
          } catch (error) {
            request.appendError(item.id, error)
            return []
          }
        }),
      )
      shown.push(...answers.flat())
    }
    return shown
  }

  /** Returns the up-to-date item of a resource. Undefined: it is under another key now. */
  async #fresh({ id }: ListItem, key: readonly KeyPart[]): Promise<ListItem | undefined> {
    const { view } = this.#view
    if (view.kind !== 'list') return undefined
    const resource = new view.of(id)
    await resource.hydrate()
    if (!isUnderKey(this.#view, resource, key)) return undefined
    return { id, version: resource.version, kept: keptOf(view, resource) }
  }
}
