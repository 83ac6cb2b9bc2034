declare module 'domain-fields' {
  const file: Readonly<Record<string, unknown>>
  export = file
}
