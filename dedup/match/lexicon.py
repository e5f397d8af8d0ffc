"""The few words that are known by name: negations, denials, units, dates, function words, credits, labels.

In their folded form, for the languages that news corpora hold most. A language that is missing loses leniency, not
safety: its function words count as any other word. Negations, denials and units matter wherever one side has them and
the other has not.
"""

from functools import lru_cache

NEGATION, UNIT, FUNCTION, DENIAL, CREDIT, LABEL, DATE, GERMAN, AND, PLUS, INITIAL, PARTICLE, JOINING = (
    1 << bit for bit in range(8, 21)
)  # above the bits of a token's flags

_WORDS = {
    # Words without which a statement is another one: that deny it, or say that it is not quite, no longer or not surely so.
    NEGATION: """
almost nearly minus few fewer seldom rarely less least only fail fails failed failing refuse refuses refused refusing former
formerly ex deputy acting attempted suspected rumoured rumored reportedly alleged allegedly supposedly
not no never none nor neither nobody nothing nowhere without cannot unable t hardly barely unless dont doesnt didnt isnt
wasnt arent werent wont cant couldnt wouldnt shouldnt hasnt havent hadnt
angeblich angebliche angeblicher angeblichen beinahe ehemalige ehemaliger ehemaligen
nicht kein keine keinen keinem keiner keines nie niemals niemand nichts ohne weder noch nirgends kaum
ne pas jamais sans aucun aucune rien ni guère nul nulle personne presque
nunca jamás sin ningún ninguna ninguno nada nadie tampoco casi supuesto supuesta
non mai senza né nessun nessuno nessuna niente nulla neanche quasi presunto
não nem sem nenhum nenhuma ninguém quase
niet geen nooit zonder niemand niets bijna voormalig voormalige
nie bez nigdy ani żaden żadna żadne nikt prawie
не нет ни без никогда никто ничего нельзя почти бывший бывшая
inte ingen inget inga aldrig utan ikke ingen intet aldri uten
لا لم لن ليس ليست غير بدون دون
नहीं न मत बिना ना
değil yok hayır
❌ ❎ ✗ ✘ ✖ ☐ 🚫 ⛔
    """,
    # Words that say of a whole sentence that it is not so.
    DENIAL: """
deny denies denied denying denial false falsely untrue incorrect wrong wrongly fake hoax myth debunked debunks refute
refuted refutes reject rejects rejected dispute disputes disputed doubt doubts doubted doubtful unlikely fabricated misleading
falsch falsche falscher falschen bestreitet bestritt bestritten dementiert dementierte leugnet leugnete unwahr gelogen widerlegt
faux fausse fausses dément démenti démentent démentir conteste contesté nié nient
falso falsa falsos falsas niega niegan negó desmiente desmintió desmentido mentira
smentisce smentito nega negato
desmente desmentiu negou
ontkent ontkende onjuist
fałsz fałszywe nieprawda zaprzecza zaprzeczył zaprzeczyła dementuje
ложь ложный неправда отрицает отрицал отрицала опроверг опровергла опровергает фейк
förnekar falskt nästan benægter
    """,
    UNIT: """
two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen
twenty thirty forty fifty sixty seventy eighty ninety hundred thousand crore crores lakh lakhs million millions billion
billions trillion trillions mn bn m k dozen percent pct pc percentage points point
dollar dollars euro euros pound pounds pence cent cents yen yuan rupee rupees franc francs usd eur gbp jpy chf
mm cm dm km m kilometre kilometres kilometer kilometers metre metres meter meters mile miles yard yards foot feet inch inches
mg g kg t tonne tonnes ton tons gram grams kilogram kilograms ounce ounces lb lbs litre litres liter liters ml l
second seconds minute minutes hour hours day days week weeks month months year years decade decades century am pm
mph kph kmh hz khz mhz ghz w kw mw gw kwh mwh gb mb tb kb celsius fahrenheit degree degrees acres hectares
zwei drei vier fünf sechs sieben acht neun zehn elf zwölf zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig
hundert tausend millionen milliarde milliarden billionen prozent prozentpunkte mio mrd tsd
meter kilometer meilen sekunde sekunden minuten stunde stunden tag tage tagen woche wochen monat monate monaten jahr jahre
jahren uhr grad gramm kilo kilogramm liter tonnen quadratmeter hektar
deux trois quatre cinq sept huit dix onze douze vingt trente quarante cinquante soixante cents mille million milliers
milliard milliards pour pourcent seconde secondes heure heures jour jours semaine semaines
mois an ans année années degrés mètres kilomètres
tres cuatro cinco seis siete ocho nueve diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa cien mil
millón millones millardo ciento segundo segundos minutos hora horas día días semana semanas mes meses año años
metros kilómetros grados
mila milione milioni miliardo miliardi secondi minuti ore giorno giorni settimana settimane mese mesi anno anni
milhão milhões bilhão bilhões dia dias mês ano anos
procent tys mln mld sekund minut godzin dni tygodni miesięcy lat rok roku
процент процента процентов тыс млн млрд тысяч миллион миллионов миллиард миллиардов рублей долларов евро км кг час часов
день дней недель месяц месяцев год года лет
年 月 日 時 时 分 秒 円 元
    """,
    # Articles, forms of being and having, the vaguest prepositions and relative words: those that may stand for one another.
    # Words that turn a sentence round are left out: modals, pronouns, conjunctions, prepositions of direction. So are those that
    # say something in another language: no, to, do, ten, son, war, hat, van.
    FUNCTION: """
a an the this that these those of in on at as which is are was were be been being has have had s
der die das den des ein eine einen einem einer eines im in am an auf ist sind waren sein haben hatte hatten dass daß bei
le la les un une des du de d l dans en sur au aux est sont était été être a ont que qu ce cet cette ces
el los las unos unas del al en es era fue ha han que
il lo gli i uno una della dei delle nel nella di è sono era ha hanno che
os as um uma da dos das na nos nas em é são foi tem que
het een in op is zijn was heeft hebben dat die
w na jest są był była ta
в на это был была были есть что
det den en ett i på är var har som
في هذا هذه التي الذي كان
का की के में है हैं था थे यह वह
bir bu da de
    """,
    # Words that a sentence may have or lack, but that none of the others may stand for.
    PARTICLE: "for to with für zu mit pour avec à para con per com dla do z для",
    # Words that open a credit, and agencies.
    CREDIT: """
photo photos photograph photographs photographer picture pictures image images credit credits courtesy provided source ©
reuters ap afp epa getty xinhua
foto fotos fotograf fotografie bild bilder bildrechte bildquelle quelle dpa imago
photographie crédit crédits image source
fotografía imagen crédito créditos fuente efe
immagine fonte ansa lapresse
imagem divulgação reprodução fonte lusa
beeld bron anp
zdjęcie zdjęcia fot źródło pap
фото источник тасс риа
bilde kilde ntb scanpix
    """,
    # What stands before a title without being part of it, as do dates.
    LABEL: """
read more also see watch video videos live gallery update updated breaking exclusive opinion analysis next previous related
tip step part chapter figure fig table section listen by
lesen auch mehr weiterlesen siehe live liveticker bildergalerie tipp schritt teil kapitel thema abbildung abb von
lire aussi voir vidéo direct étape partie chapitre par
leer lea más vea vídeo directo paso parte capítulo por galería
leggi anche guarda diretta passo capitolo di
leia mais também veja vivo passo
lees ook meer bekijk stap deel
czytaj też także zobacz wideo krok część
читайте также смотрите видео шаг часть глава
    """,
    # Months and days of the week.
    LABEL | DATE: """
january february march april june july august september october november december jan feb mar apr jun jul aug sep sept oct nov dec
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thurs fri sat sun
januar jänner februar märz mai juni juli oktober dezember montag dienstag mittwoch donnerstag freitag samstag sonntag
janvier février mars avril juin juillet août septembre octobre novembre décembre lundi mardi mercredi jeudi vendredi samedi dimanche
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
lunes martes miércoles jueves viernes sábado domingo
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
    """,
    # Words by which German is known, where every noun has a capital.
    GERMAN: """
der das dem und ist nicht ein eine einen einem einer eines für auf zu zum zur auch sich wird werden wurde wurden bei nach
über oder als aus sind im mit von dass daß wie haben hat
    """,
    # Words that make another name of the one behind them, or no statement of the sentence.
    JOINING: """
west east north south western eastern northern southern central new vice anti pro non pre post co
if whether may might could would should must can do does did has have
neu nord süd ost vize falls ob nouveau nouvelle si nuevo nueva nuovo nuova se novo nova als jeśli если ли
    """,
    AND: "& and und et y e och og i и",
    PLUS: "+ plus",
    INITIAL: "a d e é i l o s w à è i y в",  # function words that are something else with a capital: Plan D
}


@lru_cache(maxsize=1)
def lexicon() -> dict[bytes, int]:
    """Return the bits of every word that the guard knows, by its folded UTF-8."""
    found: dict[bytes, int] = {}
    for bits, words in _WORDS.items():
        for word in words.split():
            found[word.encode()] = found.get(word.encode(), 0) | bits
    return found


@lru_cache
def words_with(bits: int) -> frozenset[bytes]:
    """Return the words that have any of these bits."""
    return frozenset(word for word, has in lexicon().items() if has & bits)
