"""The browser door: every address of the console, and what stands before it."""

from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Middleware
from aiohttp_session import session_middleware

from console import coupon, joining, login, pressing, privacy, shopfront, signing_in, visiting, why
from console.account import ACCOUNT_ROUTES
from console.api.routes import till_api
from console.csrf import same_origin, with_token
from console.errors import errors_as_pages
from console.forms import room_for_pictures
from console.gate import only_known, only_managers, only_staff
from console.headers import long_lived, with_headers
from console.keys import BOOKS, NOW, SETTINGS, ConsoleSettings
from console.leaving import leave
from console.manager.routes import MANAGER_ROUTES
from console.oidc import Provider
from console.owner import (
    by_hand,
    card,
    counter,
    counter_coupons,
    counter_list,
    counter_page,
    counter_qr,
    coupons,
    customer,
    days,
    export,
    grants,
    ideas,
    my_chat,
    paper,
    qr,
    questions,
    regulars,
    result,
    result_rest,
    result_stop,
    segments,
    send,
    series,
    shop,
    staff,
    statements,
    texts,
    tills,
    today,
    wallet,
)
from console.pages import STATIC
from console.sessions import BookSessions
from domain.time import Now
from storage.books import Books

ID = "{id:[0-9]{1,15}}"
OUTER = (with_headers, errors_as_pages, same_origin)

COUNTER_ROUTES = (
    web.get("/counter", counter.show_counter),
    web.post("/counter", counter.take_visit),
    web.get(f"/counter/visits/{ID}", counter.show_visit),
    web.post(f"/counter/visits/{ID}/cancel", counter.cancel),
    web.post("/counter/coupons", counter_coupons.use),
    web.get(f"/counter/coupons/{ID}", counter_coupons.show_coupon),
    web.post(f"/counter/coupons/{ID}/reverse", counter_coupons.reverse),
    web.post("/counter/list", counter_list.take_list),
    web.get("/counter/shell", counter_page.show_shell),
    web.get("/counter/worker.js", counter_list.send_worker),
    web.get("/counter/qr", counter_qr.show_code),
    web.get("/counter/pin", counter_qr.show_settings),
    web.post("/counter/pin", counter_qr.save_pin),
    web.get("/counter/pin.svg", counter_qr.draw_stamp_code),
    web.get("/counter/poster", counter_qr.show_poster),
)
NOTE = "{note:[0-9]{1,15}}"
COUPON = "{coupon:[0-9]{1,15}}"
REGULARS_ROUTES = (
    web.get("/regulars", regulars.show_regulars),
    web.post("/regulars/merge", regulars.merge),
    web.get(f"/regulars/{ID}", customer.show_customer),
    web.post(f"/regulars/{ID}/name", customer.save_name),
    web.post(f"/regulars/{ID}/notes", customer.save_note),
    web.post(f"/regulars/{ID}/notes/{NOTE}/delete", customer.remove_note),
    web.post(f"/regulars/{ID}/coupons", customer.give_coupon),
    web.post(f"/regulars/{ID}/coupons/{COUPON}/use", customer.use_by_hand),
    web.post(f"/regulars/{ID}/stamps", customer.add_stamps),
    web.get(f"/regulars/{ID}/same", customer.show_same),
    web.get(f"/regulars/{ID}/erase", customer.show_erasing),
    web.post(f"/regulars/{ID}/erase", customer.erase),
    web.get("/card", card.show_card),
    web.post("/card", card.save_card),
    web.post("/card/rules", card.save_rules),
    web.post("/card/stop", card.stop_card),
    web.get("/coupons", coupons.show_coupons),
    web.post("/coupons", coupons.make),
    web.post(f"/coupons/{ID}/close", coupons.close),
    web.get("/paper", paper.show_paper),
    web.post("/paper", paper.preview),
    web.post("/paper/confirm", paper.confirm),
    web.post("/export.xlsx", export.download),
)
OWNER_ROUTES = (
    *COUNTER_ROUTES,
    *REGULARS_ROUTES,
    web.get("", today.show_today),
    web.get("/send", send.show_empty),
    web.post("/send", send.show_preview),
    web.post("/send/edit", send.show_again),
    web.post("/send/people", segments.show_count),
    web.post("/send/look", send.show_look),
    web.post("/send/parts", send.show_parts),
    web.post("/send/keep", send.keep),
    web.get("/texts", texts.show_texts),
    web.post(f"/texts/{ID}/name", texts.rename),
    web.post(f"/texts/{ID}/retire", texts.retire),
    web.get("/segments", segments.show_segments),
    web.post("/segments", segments.keep),
    web.post(f"/segments/{ID}/drop", segments.drop),
    web.get("/series", series.show_series),
    web.post(f"/series/{ID}/pause", series.pause),
    web.post(f"/series/{ID}/resume", series.resume),
    web.post(f"/series/{ID}/end", series.end),
    web.get("/days", days.show_days),
    web.post("/days", days.close),
    web.post("/days/weekdays", days.save_weekdays),
    web.post("/days/open", days.open_again),
    web.post("/days/sold-out", days.sell_out),
    web.get("/campaigns", result.show_list),
    web.post("/campaigns", send.book),
    web.get(f"/campaigns/{ID}", result.show_result),
    web.get(f"/campaigns/{ID}/now", result.show_now),
    web.post(f"/campaigns/{ID}/cancel", result.cancel),
    web.post(f"/campaigns/{ID}/pause", result_stop.pause),
    web.post(f"/campaigns/{ID}/resume", result_stop.resume),
    web.get(f"/campaigns/{ID}/stop", result_stop.show_stop),
    web.post(f"/campaigns/{ID}/stop", result_stop.stop),
    web.post(f"/campaigns/{ID}/rest", result_rest.send),
    web.get("/ideas", ideas.show_ideas),
    web.post("/ideas/time", ideas.save_time),
    web.post(f"/ideas/{ID}/send", ideas.send),
    web.post(f"/ideas/{ID}/skip", ideas.skip),
    web.get("/grants", grants.show_grants),
    web.post(f"/grants/{ID}/start", grants.start),
    web.get("/wallet", wallet.show_wallet),
    web.post("/wallet", wallet.change),
    web.get("/by-hand", by_hand.show_by_hand),
    web.post("/by-hand", by_hand.record),
    web.post(f"/by-hand/{ID}/correct", by_hand.correct),
    web.get("/statements", statements.show_statement),
    web.post("/statements/posts", statements.save_posts),
    web.get("/shop", shop.show_shop),
    web.post("/shop", shop.save_shop),
    web.post("/shop/picture", shop.save_picture),
    web.post("/shop/answers", shop.save_answers),
    web.post("/shop/texting", shop.save_texting),
    web.get("/questions", questions.show_questions),
    web.post(f"/questions/{ID}/answer", questions.send_answer),
    web.post(f"/questions/{ID}/close", questions.close),
    web.post("/questions/ready", questions.add_ready),
    web.post(f"/questions/ready/{ID}", questions.change_ready),
    web.post(f"/questions/ready/{ID}/delete", questions.remove_ready),
    web.get("/qr.svg", qr.draw_code),
    web.get("/poster", qr.show_poster),
    web.get("/tills", tills.show_tills),
    web.post("/tills", tills.add),
    web.post(f"/tills/{ID}/revoke", tills.revoke),
    web.get("/staff", staff.show_staff),
    web.post("/staff/invitations", staff.invite),
    web.post(f"/staff/invitations/{ID}/cancel", staff.cancel),
    web.post(f"/staff/{ID}/remove", staff.remove),
    web.post(f"/staff/{ID}/part", staff.part),
    web.get("/chat", my_chat.show_chat),
    web.post("/chat", my_chat.make_code),
    web.post("/chat/part", my_chat.part),
    web.post("/leave", leave),
)
JOIN_ROUTES = (
    web.get("/{token}", joining.show_invitation),
    web.post("/{token}", joining.accept_invitation),
)
ENTRY_ROUTES = (
    web.get("/{token}", signing_in.show_entry),
    web.post("/{token}", signing_in.enter),
)
LOGIN_ROUTES = (
    web.get("", login.show_login),
    web.post("/kakao", login.begin),
    web.get("/kakao/back", login.come_back),
)
SHOP_ROUTES = (
    web.get("/{slug}", shopfront.show_shopfront),
    web.get("/{slug}/privacy", privacy.show_privacy),
    web.get("/{slug}/stamp", visiting.show_pin),
    web.post("/{slug}/stamp", visiting.press_pin),
)
SCAN_ROUTES = (
    web.get("/{token}", visiting.show_scanned),
    web.post("/{token}", visiting.press_scanned),
)
WHY_ROUTES = (
    web.get("/{token}", why.show_why),
    web.get("/{token}/stop", why.ask_to_stop),
    web.post("/{token}/stop", why.stop),
    web.post("/{token}/rest", why.rest),
    web.post("/{token}/resume", why.resume),
)
BUTTON_ROUTES = (web.get("/{token}", pressing.follow),)
COUPON_ROUTES = (
    web.get("/{token}", coupon.show_coupon),
    web.post("/{token}", coupon.slide),
    web.post("/{token}/code", coupon.renew_code),
)


Part = tuple[str, Sequence[Middleware], Sequence[web.RouteDef]]


def setup(app: web.Application, *, books: Books, now: Now, settings: ConsoleSettings) -> None:
    """Mounts the console as parts of their own: its middlewares touch nothing else."""
    sessions = session_middleware(BookSessions(books, now, settings))
    owners = (*OUTER, room_for_pictures, sessions, only_staff, with_token)
    managers = (*OUTER, room_for_pictures, sessions, only_managers, with_token)
    provider = Provider(settings.login, settings.login_back_url, now) if settings.login else None
    parts: Sequence[Part] = (
        ("/owner", owners, OWNER_ROUTES),
        ("/manager", managers, MANAGER_ROUTES),
        ("/join", (*OUTER, sessions), JOIN_ROUTES),
        ("/in", (*OUTER, sessions), ENTRY_ROUTES),
        ("/s", OUTER, SHOP_ROUTES),
        ("/q", OUTER, SCAN_ROUTES),
        ("/c", OUTER, COUPON_ROUTES),
        ("/w", OUTER, WHY_ROUTES),
        ("/g", OUTER, BUTTON_ROUTES),
    )
    for prefix, middlewares, routes in (*parts, *_login_parts(settings, sessions)):
        part = web.Application(middlewares=middlewares)
        part[BOOKS], part[NOW], part[SETTINGS] = books, now, settings
        if provider is not None:
            part[login.PROVIDER] = provider
        part.add_routes(routes)
        app.add_subapp(prefix, part)
    if provider is not None:
        app.cleanup_ctx.append(provider.running)
    app.add_subapp("/api/v1", till_api(books, now, settings))
    app.add_subapp("/static", _static())


def _login_parts(settings: ConsoleSettings, sessions: Middleware) -> Sequence[Part]:
    """Coming in with a Kakao account, where the installation has an app for it."""
    if settings.login is None:
        return ()
    return (
        ("/login", (*OUTER, sessions), LOGIN_ROUTES),
        ("/account", (*OUTER, sessions, only_known, with_token), ACCOUNT_ROUTES),
    )


def _static() -> web.Application:
    part = web.Application(middlewares=(with_headers, errors_as_pages, long_lived))
    part.router.add_static("/", STATIC)
    return part
