"""What an eye and a thumb would notice, measured on a page."""

from playwright.async_api import Page, Response

TARGET_PIXELS_MIN = 44

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"

# A box around an input is its label; what is drawn nowhere cannot be missed by a thumb.
SMALL_TARGETS = """
(least) => [...document.querySelectorAll("a, button, summary, select, textarea, input, .choice")]
  .filter((one) => !one.matches(".unseen, [type=hidden]") && !one.closest(".choice input, .thumb"))
  .filter((one) => !(one.matches("[type=radio]") && one.closest("label")))
  .map((one) => [one, one.getBoundingClientRect()])
  .filter(([, box]) => box.width > 0 && box.height > 0 && box.height < least - 0.01)
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${box.height}`)
"""

# WCAG 2.2, 1.4.3: 4.5 to 1, or 3 to 1 for large words. Words on a picture are not judged.
PALE_WORDS = """
() => {
  const numbers = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => {
    const [r, g, b] = numbers(color).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = getComputedStyle(at).backgroundColor;
      const alpha = numbers(color)[3] ?? 1;
      if (alpha > 0.8) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim(), holder = walker.currentNode.parentElement;
    if (!words || holder.closest("svg, .unseen, option, [hidden]")) continue;
    if (!holder.checkVisibility()) continue;
    const style = getComputedStyle(holder), size = parseFloat(style.fontSize);
    const [one, other] = [light(style.color), light(ground(holder))].sort((a, b) => b - a);
    const isLarge = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
    const ratio = (one + 0.05) / (other + 0.05);
    if (ratio < (isLarge ? 3 : 4.5)) found.push(`${words.slice(0, 40)} ${ratio.toFixed(2)}`);
  }
  return found;
}
"""


async def overflow(page: Page) -> int:
    """How many pixels stand out to the right of the window."""
    return int(await page.evaluate(OVERFLOW))


async def small_targets(page: Page) -> list[str]:
    found: list[str] = await page.evaluate(SMALL_TARGETS, TARGET_PIXELS_MIN)
    return found


async def faults(page: Page) -> list[str]:
    """What nobody can read: words outside the window, words too pale for their ground."""
    found: list[str] = await page.evaluate(PALE_WORDS)
    wide = await overflow(page)
    return [*found, f"{wide} pixels too wide"] if wide else found


async def weight(page: Page, url: str) -> int:
    """The bytes of a page and its styles, unpacked."""
    answers: list[Response] = []

    def listen(answer: Response) -> None:
        if answer.request.resource_type in ("document", "stylesheet"):
            answers.append(answer)

    page.on("response", listen)
    await page.goto(url)
    page.remove_listener("response", listen)
    return sum([len(await one.body()) for one in answers])
