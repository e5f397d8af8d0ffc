"""The few words that the guard knows by name: negations, units, and function words, in their folded form.

Written for the languages that news corpora hold most. A language that is missing loses leniency, not safety: its
function words count as any other word. Negations and units matter wherever one side has them and the other has not.
"""

from functools import lru_cache

NEGATION, UNIT, FUNCTION = 1, 2, 4

_NEGATIONS = """
not no never none nor neither nobody nothing nowhere without cannot unable t hardly barely unless dont doesnt didnt isnt
wasnt arent werent wont cant couldnt wouldnt shouldnt hasnt havent hadnt
nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder noch nirgends kaum
ne pas jamais sans aucun aucune rien ni guère nul nulle personne
nunca jamás sin ningún ninguna ninguno nada nadie tampoco
non mai senza né nessun nessuno nessuna niente nulla neanche
não nem sem nenhum nenhuma ninguém
niet geen nooit zonder niemand niets
nie bez nigdy ani żaden żadna żadne nikt
не нет ни без никогда никто ничего нельзя
inte ingen inget inga aldrig utan ikke ingen intet aldri uten
لا لم لن ليس ليست غير بدون دون
नहीं न मत बिना ना
değil yok hayır
"""

_UNITS = """
hundred thousand million millions billion billions trillion trillions mn bn m k dozen
percent pct pc percentage points point
dollar dollars euro euros pound pounds pence cent cents yen yuan rupee rupees franc francs usd eur gbp jpy chf
mm cm dm km m kilometre kilometres kilometer kilometers metre metres meter meters mile miles yard yards foot feet inch inches
mg g kg t tonne tonnes ton tons gram grams kilogram kilograms ounce ounces lb lbs litre litres liter liters ml l
second seconds minute minutes hour hours day days week weeks month months year years decade decades century am pm
mph kph kmh hz khz mhz ghz w kw mw gw kwh mwh gb mb tb kb celsius fahrenheit degree degrees acres hectares
hundert tausend millionen milliarde milliarden billionen prozent prozentpunkte mio mrd tsd
meter kilometer meilen sekunde sekunden minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre
jahren uhr grad gramm kilo kilogramm liter tonnen quadratmeter hektar
cents mille million milliers milliard milliards pour pourcent seconde secondes heure heures jour jours semaine semaines
mois an ans année années degrés mètres kilomètres
mil millón millones millardo ciento segundo segundos minutos hora horas día días semana semanas mes meses año años
metros kilómetros grados
mila milione milioni miliardo miliardi secondi minuti ore giorno giorni settimana settimane mese mesi anno anni
milhão milhões bilhão bilhões dia dias mês ano anos
procent tys mln mld sekund minut godzin dni tygodni miesięcy lat rok roku
процент процента процентов тыс млн млрд тысяч миллион миллионов миллиард миллиардов рублей долларов евро км кг час часов
день дней недель месяц месяцев год года лет
"""

# Articles, forms of being and having, the vaguest prepositions and relative words: those that may stand for one another.
# Words that turn a sentence round are left out: modals, pronouns, conjunctions, prepositions of direction.
_FUNCTION_WORDS = """
a an the this that these those of in on at as which is are was were be been being has have had s
der die das den dem des ein eine einen einem einer eines im in am an auf ist sind war waren sein hat haben hatte hatten
dass daß
le la les un une des du de d l dans en sur au aux est sont était été être a ont que qu ce cet cette ces
el los las unos unas del al en es son era fue ha han que
il lo gli i uno una della dei delle nel nella di è sono era ha hanno che
os as um uma do da dos das no na nos nas em é são foi tem que
het een van in op is zijn was heeft hebben dat die
w na jest są był była to ten ta
в на это был была были есть что
det den en ett i på är var har som
في هذا هذه التي الذي كان
का की के में है हैं था थे यह वह
bir bu da de
"""


@lru_cache(maxsize=1)
def lexicon() -> dict[bytes, int]:
    """Bits of every word that the guard knows, by its folded UTF-8."""
    bits: dict[bytes, int] = {}
    for words, bit in ((_NEGATIONS, NEGATION), (_UNITS, UNIT), (_FUNCTION_WORDS, FUNCTION)):
        for word in words.split():
            bits[word.encode()] = bits.get(word.encode(), 0) | bit
    return bits
