"""`/list`: the edition as a table, complete without JavaScript.

`list.html` gets, besides what `web.rendering` lists:

- `edition`     the edition's header (`number`, `sha256`, `issued_at`, `expires_at`), or None; `stale`: it has expired
- `entries`     tuple of Entry on this page; `total`: how many in all; `page`, `pages`: this page and how many, from 1
- `matches`     for a name search, tuple of (Entry, score 0..100), else None
- `search`      the name searched for, or ''
- `position`    the position text typed, or ''
- `answer`      for a position check, the answer as in the API's JSON (`verdict`, `reasons` with `text`, `matches`,
                `rules`, `nearest_m`, `facilities`), else None; `headline`: its verdict in words
- `notations`   for a position check, the position in every notation (dict), else None
- `problem`     a sentence on input that was not understood, or None; `readings`: for ambiguous text, the possible
                positions as tuple of (lat, lon) texts that may be sent back
- `contacts`    the mission's contacts

Forms: GET `?page=2` turns the pages. POST `do=find` with `search`, POST `do=check` with `position` (and `venue`);
both carry `csrf_token`. Names and positions travel by POST only, so that they stay out of logs and history.
"""
