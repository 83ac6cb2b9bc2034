/**
 * Replaces the package semver in functions. X-Ray's SDK loads its 30 KB to check one version
 * number: the version of the AWS SDK v2, which no function uses.
 */
export function gte(): never {
  throw new Error(
    'X-Ray traces only version 3 of the AWS SDK here: the bundle omits the check for version 2',
  )
}
