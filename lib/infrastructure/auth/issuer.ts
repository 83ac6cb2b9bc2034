/**
 * @throws Error if the text is not a URL from which AppSync can read the issuer's configuration
 */
export function checkIssuer(issuer: string): void {
  if (/^https:\/\/[^\s/?#]+(?:\/[^\s?#]*)?$/.test(issuer) && URL.canParse(issuer)) return
  throw new Error(
    `An issuer must be a https URL without a query, as in the claim iss of its tokens; got ${issuer}: use, for example, https://login.example.com/`,
  )
}
