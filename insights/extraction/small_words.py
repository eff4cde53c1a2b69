"""The words that mean little by themselves: what a phrase neither begins nor ends with.

The lists are those of Stopwords ISO, which were gathered from written pages. What people only say is added here for
English, and what means something in a talk ("the bill", "our research") is taken out.
"""

import re
from functools import cache

import stopwordsiso

# Hesitations are written alike in many languages.
HESITATING = "ah aha äh ähm eh ehm em er erm euh ha hm hmm huh mhm mm mmm mm-hmm oh ooh uh uh-huh um"
SAID_IN_ENGLISH = """
absolutely actual actually afternoon alright aye bad basically bit bits bring brought bye called chance colleague
colleagues coming completely cool correct couple cuz d'you day days deal doctor easily easy eighteen essentially evening
everybody everyone exactly fair feel feels figure final finally fine firstly folks forward fourteen gentlemen glad gonna
gotta guess guy guys hand happen happened happening hard hear heard hello hey hi hold honestly hope huge idea ideas
imagine inaudible indeed issue issues kay kind kinda kinds ladies late laughter left literally looked lot lots lovely
madam main matter maybe mean meant mind minute minutes moment month months morning nah named nice nope notice nuh
obvious obviously occur occurs okay ones oop oops opposed people person piece pieces pleasure precisely pretty previous
probably pull putting question questions quick read ready real reason reasons remember rightly rough roughly sense set
short simple simply single sir sixteen sort sorta sorts speaking start started starting starts stay step stick straight
strictly stuff sudden supposed sure ta takes talk talked talking tell telling tend terms thank thanks that'd thing
things thinking thirdly time times today told tomorrow tonight totally true type typically understand view wait wanna
watch way ways week weeks whole wise wondering word wow wrong yeah year years yep yes yesterday yup
"""
MEANT_IN_ENGLISH = """
act area areas bill bottom computer computers detail face fire goods group groups home homepage index information
interest interests invention keys line mill mug net numbers page pages research results ring rooms section shell site
state states system test text value web webpage website width world young
"""
# Words of Japanese and Chinese that are one character long. The lists have many that are also parts of longer words.
SMALL_CHARACTERS = re.compile(
    "[\u3041-\u309f的了是在我你您他她它们這这那哪有和就不没沒也都与與及而或吗嗎呢吧啊嗯之把被让讓给給很着过過]"
)
# What links two words to one thing ("center of mass", "income and expenditure"), in languages that do it this way.
LINKING = "and av da de degli dei del della der des di do dos du e et for in och of og und van von y и"
# Small words after which, by language, a thing is named; after the others it is rather something that is done or so.
INTRODUCING = {
    "en": "a about all an and another any at between both by different each every for from her his in into its my new"
    " no of on onto or other our same some that the their these this those with without your",
    "de": "alle am an auf aus beim bei das dem den der des die diese diesem diesen dieser dieses ein eine einem einen"
    " einer eines für ihr ihre im in jede jeder jedes kein keine keinen mein meine mit oder sein seine und unser unsere"
    " viele vom von über zum zur",
    "fr": "au aux avec ce ces cet cette chaque d' dans de des du en entre et l' la le les leur leurs ma mes mon nos"
    " notre ou par pour sa sans ses son sur ta tes ton tous tout toute toutes un une vos votre",
    "es": "al cada con de del el en entre esa esas ese esos esta estas este estos la las los mi mis nuestra nuestras"
    " nuestro nuestros o para por sin sobre su sus toda todas todo todos tu tus un una unas unos y",
    "it": "agli ai al alla alle con da dal dalla degli dei del della delle dello di e fra gli i il in l' la le lo mia"
    " mio nei nel nella nelle nostra nostro o ogni per questa queste questi questo su sua sul sulla suo tra tutti un"
    " una uno",
    "pt": "a ao aos as cada com da das de do dos e em entre essa esse esta estas este estes meu minha na nas no nos"
    " nossa nosso o os ou para pela pelo por sem seu sobre sua toda todas todo todos um uma umas uns à às",
    "nl": "aan alle bij dat de deze die dit door een elk elke en haar het hun in jouw met mijn naar of ons onze op over"
    " tot uit van voor zijn zonder",
}
# A sentence that begins with one of these goes on with what was said before it.
GOING_ON = """
alright also and anyway because but he her him hmm if it kay like mm nope now oh ok okay or right she so that them then
there these they this those uh um well which yeah yep yes
aber dann das denn der er es ja nein oder sie und weil alors donc elle elles et il ils mais non oui parce ça
él ella ellos entonces eso pero porque sí y allora lei loro lui ma perché quindi sì e ela ele eles então mas não sim
dus en hij maar nee want ze zij а да и или но он она они это
"""
HESITATIONS = frozenset(HESITATING.split())
LINKS = frozenset(LINKING.split())
LEANING = frozenset(GOING_ON.split())


@cache
def small_words(language: str | None) -> frozenset[str]:
    """The small words of a BCP-47 language, none where they are not listed."""
    code = _code(language)
    listed = stopwordsiso.stopwords({"nb": "no", "nn": "no"}.get(code, code))
    if code == "en":
        listed = (listed | set(SAID_IN_ENGLISH.split())) - set(MEANT_IN_ENGLISH.split())
    return frozenset(listed | HESITATIONS) if listed else frozenset()


def introducing(language: str | None) -> frozenset[str]:
    """The small words of a BCP-47 language after which a thing is named, none where they are not listed."""
    return frozenset(INTRODUCING.get(_code(language), "").split())


def _code(language: str | None) -> str:
    return (language or "").partition("-")[0].lower()
