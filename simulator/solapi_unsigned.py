"""What SOLAPI answers without a signature: the price list, and addresses that are not here."""

from aiohttp import web

from simulator.values import DEFAULT_PRICES
from simulator.wire import Json, answer

# Its services by the first piece of the path (providers.md A1).
SERVICES = ("messages", "cash", "storage", "kakao/v2", "pricing", "quota", "webhook", "iam")
# Kinds that we do not carry stand in the list as well: the numbers of the provider's own sample.
NOT_CARRIED = {"cta": 13, "cti": 20}
KOREA = "82"
LISTED_AT = "2024-01-15T09:00:00.000Z"


def routes() -> list[web.RouteDef]:
    """To be added last: what no other door has taken."""
    prices = web.get("/pricing/v1/messaging/default", default_prices)
    return [prices, *(web.route("*", f"/{one}/{{rest:.*}}", not_here) for one in SERVICES)]


async def default_prices(request: web.Request) -> web.Response:
    """D7: the platform's prices, in won and without VAT; an account's own are in its groups.

    An array, one object a country, as in developers/api/pricing-getMessagePriceDefault (2026).
    """
    country = request.query.get("countryId", KOREA)
    return answer([_korea()] if country == KOREA else [])


def _korea() -> Json:
    return {
        "countryId": KOREA,
        "countryName": "Korea, South",
        "serviceMethod": "MT",
        **{kind.lower(): price for kind, price in DEFAULT_PRICES.items()},
        **NOT_CARRIED,
        "dateCreated": LISTED_AT,
        "dateUpdated": LISTED_AT,
    }


async def not_here(request: web.Request) -> web.Response:
    """A5: clients read these two names in every error."""
    text = f"연습용 솔라피에는 없는 주소예요: {request.method} {request.path}"
    return answer({"errorCode": "ResourceNotFound", "errorMessage": text}, status=404)
