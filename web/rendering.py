"""What every template may use.

From the door, on every page, error pages too:

- `language`       BCP 47 tag of this answer, for `<html lang>`; `languages`: tuple of (tag, its own name) to choose from,
                   by POST of `language` and `next` to `url_for('login.language')`
- `person`         the signed-in Person, or None; `mission`: the Mission in view, or None
- `missions`       a function: the tuple of Missions this person may see (one query; for a switcher)
- `may(action)`    whether this person may do it on the mission in view: `may('propose')`, words of `Action`
- `csrf_token()`   goes into every POST form as `<input type="hidden" name="csrf_token">`, and into the page once as
                   `<meta name="csrf-token">` for scripts, which send it as the header `X-CSRF-Token`. It is masked anew
                   for each answer, so compressed pages do not betray it
- `static(path)`   address of a static file with its content's hash: `static('app.css')`, `static('vendor/leaflet.js')`
- `here`           name of the view, such as `list.page`, to mark the place in the navigation
- `messages()`     sentences left by the step before, as (kind, text); kind is `done` or `refused`; reading clears them
- `_`, `gettext`, `ngettext`, `pgettext`
- filters          `moment` (date and time in the mission's zone), `day` (date), `age` ("3 days ago"), `word` (the
                   translated word for a member of a closed vocabulary), `metres`, `percent`

Ends of the navigation (`url_for`): `lookup.page` · `list.page` · `acknowledge.page` (number=…) · `register.start` ·
`campaigns.start` · `editions.page` (code=…, number='current') · `login.form` · `login.leave` (POST) · `login.passphrase`.

The views' own variables stand in each view's docstring.
"""
