/** The browser events of a page, for tests in Node.js. `open` installs them as globals. */
export class Page {
  readonly window = new EventTarget()
  readonly document = Object.assign(new EventTarget(), { visibilityState: 'visible' })
  readonly #names = ['addEventListener', 'removeEventListener'] as const

  open(): void {
    const { window, document } = this
    for (const name of this.#names) Object.assign(globalThis, { [name]: window[name].bind(window) })
    Object.assign(globalThis, { document })
  }

  close(): void {
    for (const name of [...this.#names, 'document']) Reflect.deleteProperty(globalThis, name)
  }
}
