// Runs in the browser. Shows a form for the user whose token the console sends. A choice loads the
// page again: its windows then have the token of this user.
const query = new URL(import.meta.url).searchParams

const style = document.createElement('style')
style.textContent = `
  #local-user {
    position: fixed; inset: auto 150px 8px auto; z-index: 10000; display: flex; gap: 6px;
    align-items: center; padding: 4px 8px; border-radius: 6px; background: #1b2b34; color: #fff;
    font: 12px system-ui, sans-serif; box-shadow: 0 1px 6px #0006;
  }
  #local-user input {
    width: 110px; padding: 3px 6px; border: 1px solid #678; border-radius: 4px;
    background: #fff; color: #000; font: inherit;
  }
  #local-user button {
    padding: 3px 8px; border: 0; border-radius: 4px; background: #4a9; color: #fff; font: inherit;
    cursor: pointer;
  }`

const form = document.createElement('form')
form.id = 'local-user'
const user = field('user', 'User', 'nobody: the API key')
const groups = field('groups', 'Groups', 'staff,admins')
const use = document.createElement('button')
use.textContent = 'Use'
use.title = 'Loads the page with a token of this user; no user: with the API key'
form.append(user, groups, use)
document.head.append(style)
document.body.append(form)

/** Returns a labeled input with the value of the page's address. */
function field(name, label, placeholder) {
  const element = document.createElement('label')
  const input = document.createElement('input')
  Object.assign(input, { name, placeholder, value: query.get(name) ?? '' })
  element.append(`${label} `, input)
  return element
}
