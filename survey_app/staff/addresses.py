"""Where is the present page in another language or look? At the same address with another query."""

from urllib.parse import quote, urlencode

from flask import current_app, request, url_for


def same_page(**changed: str | None) -> str:
    """Return the address of the present page with parts of its query changed, or left out where they are None.

    A page that cannot be asked for again (what an address without a page or a form for posting shows) leads to the
    first page instead.
    """
    adapter = current_app.create_url_adapter(request)
    known = request.endpoint is not None and adapter is not None and "GET" in adapter.allowed_methods()
    path = quote(request.path) if known else url_for("staff.show_surveys")
    asked = request.args.to_dict(flat=False) if known else {}
    asked |= {name: [value] if value is not None else [] for name, value in changed.items()}
    query = urlencode(asked, doseq=True)
    return f"{path}?{query}" if query else path
