/** The static members that the framework reads. */
const STATICS = ['upcasters', 'schemas']
/** Names that are probably meant to be one of these. */
const ALIKE = /^_?(up_?cast(s|er|ers|ing)?|(event_?)?schemas?)$/i
/** Comments, texts and regular expressions, where `#` means nothing. */
const NOT_CODE =
  /\/\*.*?\*\/|\/\/[^\n]*|(["'`])(?:\\.|(?!\1).)*\1|(?<=[(,=:]\s*)\/(?:\\.|[^/\n])+\//gs

/**
 * Refuses a class of aggregates that would lose state, or old events, without a word.
 * @throws TypeError that names the class, the member and the fix
 */
export function checkClass(aggregateClass: object): void {
  for (const one of userClasses(aggregateClass)) {
    const name = 'name' in one ? one.name : 'The class'
    const misspelt = Object.getOwnPropertyNames(one).find(
      (member) => ALIKE.test(member) && !STATICS.includes(member),
    )
    if (misspelt) {
      throw new TypeError(
        `${name} has a static ${misspelt}, which nothing reads: write static override upcasters or schemas`,
      )
    }
    const hidden = /(?<![\w$.&])#[A-Za-z_$][\w$]*|(?<=this\.)#[\w$]+/.exec(
      Function.prototype.toString.call(one).replace(NOT_CODE, '""'),
    )
    if (hidden) {
      throw new TypeError(
        `${name} has the private member ${hidden[0]}, which copies of its state do not have: use public fields and methods`,
      )
    }
  }
}

/** The class and those that it extends, without the framework's own at the end. */
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
