import { Misuse } from './runtime/composed-errors.ts'

/** The static members that the framework reads. */
const STATICS = ['upcasters', 'schemas']
/** Likely misspellings of these names. */
const ALIKE = /^_?(up_?cast(s|er|ers|ing)?|(event_?)?schemas?)$/i
/** Comments, strings and regular expressions, in which `#` starts no private member. */
const NOT_CODE =
  /\/\*.*?\*\/|\/\/[^\n]*|(["'`])(?:\\.|(?!\1).)*\1|(?<=[(,=:]\s*)\/(?:\\.|[^/\n])+\//gs

/**
 * Rejects an aggregate class that would silently lose state or old events.
 * @throws TypeError that names the class, the member and the fix
 */
export function checkClass(aggregateClass: object): void {
  for (const one of userClasses(aggregateClass)) {
    const name = 'name' in one ? one.name : 'The class'
    const misspelt = Object.getOwnPropertyNames(one).find(
      (member) => ALIKE.test(member) && !STATICS.includes(member),
    )
    if (misspelt) {
      throw new Misuse(
        `${name} has a static ${misspelt}, which the framework ignores: rename it to static override upcasters or schemas`,
      )
    }
    const hidden = /(?<![\w$.&])#[A-Za-z_$][\w$]*|(?<=this\.)#[\w$]+/.exec(
      Function.prototype.toString.call(one).replace(NOT_CODE, '""'),
    )
    if (hidden) {
      throw new Misuse(
        `${name} has the private member ${hidden[0]}, which copies of its state lose: use public fields and methods`,
      )
    }
  }
}

/** Yields the class and its base classes, except the framework's own class at the end. */
function* userClasses(aggregateClass: object): Generator<object> {
  let at: unknown = aggregateClass
  for (;;) {
    if (typeof at !== 'function') return
    const parent: unknown = Object.getPrototypeOf(at)
    if (parent === Function.prototype || typeof parent !== 'function') return
    yield at
    at = parent
  }
}
