"""Sentences in eleven languages, each with one place where a word decides what they say; written for these tests.

SLOTS: by language, what changes, a sentence with a place for it, and pairs of values that must never be taken for
each other. FRAMES: what is put before and after, so that sentences of 6 words and of 40 are tried.
"""

SLOTS = {
    "English": [
        ("number", "the council sold {} old buses last spring", [("12", "13"), ("112", "121")]),
        ("number", "{} people were rescued from the flooded valley", [("Two", "Nine"), ("48", "84")]),
        ("sign", "sales at the shipyard changed by {} percent this year", [("+3", "-3"), ("0.5", "-0.5")]),
        ("unit", "the new pier is 400 {} long at low tide", [("metres", "feet"), ("m", "km")]),
        ("currency", "the ferry line asked the county for {} in aid", [("$5m", "€5m"), ("£900", "¥900")]),
        ("road", "drivers on {} face long queues near the tunnel", [("Road 1506", "Road 1507"), ("the A14", "the A41")]),
        ("date", "the museum opens its doors again on {}", [("3 May", "4 May"), ("Monday", "Tuesday")]),
        ("date", "the harbour wall was built in {} by prisoners", [("1911", "1912"), ("March", "April")]),
        ("score", "the home side won {} after extra time", [("2-1", "3-1"), ("21-12", "12-21")]),
        ("city", "police closed the main station in {} for an hour", [("Leeds", "York"), ("Porto", "Turin")]),
        ("team", "{} signed a young keeper from the second division", [("Rovers", "United"), ("Norwich", "Ipswich")]),
        ("product", "the update is ready for the {} and older phones", [("Nova 7", "Nova 8"), ("Nova Pro", "Nova Lite")]),
        ("role", "{} in the final of the county cup", [("Leeds beat York", "York beat Leeds")]),
        ("role", "{} of lying to the court about the letter", [("the trainer accused the doctor", "the doctor accused the trainer")]),
        ("negation", "the union said that it {} accept the offer", [("will", "will not"), ("would", "would never")]),
        ("word", "share prices {} sharply before the market closed", [("rose", "fell"), ("climbed", "sank")]),
        ("word", "the court called the search of the house {}", [("legal", "illegal"), ("lawful", "unlawful")]),
        ("time", "the night ferry leaves the east quay at {}", [("6am", "6pm"), ("18:05", "18:50")]),
        ("order", "the northern route came {} in the vote", [("first", "second"), ("third", "fourth")]),
        ("name", "the prize for the best garden goes to {}", [("Ann Lee", "Ann Leigh"), ("Mr Moss", "Mrs Moss")]),
        ("letter", "the tablets hold more than enough vitamin {}", [("A", "D"), ("B6", "B12")]),
        ("symbol", "the test was first written in {} by two students", [("C++", "C#"), ("C", "C++")]),
        ("qualifier", "the letter was signed by the {} mayor of the town", [("former", "new"), ("alleged", "elected")]),
    ],
    "German": [
        ("number", "der Stadtrat verkaufte im Frühjahr {} alte Busse", [("12", "13"), ("112", "121")]),
        ("sign", "der Umsatz der Werft veränderte sich um {} Prozent", [("+3", "-3"), ("0,5", "-0,5")]),
        ("unit", "die neue Mole ist bei Ebbe 400 {} lang", [("Meter", "Fuß"), ("m", "km")]),
        ("currency", "die Reederei bat den Kreis um {} Beihilfe", [("5 €", "5 $"), ("900 Euro", "900 Franken")]),
        ("road", "auf der {} staut sich vor dem Tunnel der Verkehr", [("A14", "A41"), ("B 96", "B 69")]),
        ("date", "das Museum öffnet seine Türen wieder am {}", [("3. Mai", "4. Mai"), ("Montag", "Dienstag")]),
        ("score", "die Gastgeber gewannen nach Verlängerung mit {}", [("2:1", "3:1"), ("21:12", "12:21")]),
        ("city", "die Polizei sperrte den Hauptbahnhof in {} für eine Stunde", [("Kassel", "Bremen"), ("Halle", "Hagen")]),
        ("team", "{} holt einen jungen Torwart aus der zweiten Liga", [("Aachen", "Rostock"), ("Nordstern", "Südstern")]),
        ("product", "das Update gibt es für das {} und ältere Geräte", [("Nova 7", "Nova 8"), ("Nova Pro", "Nova Lite")]),
        ("role", "{} im Endspiel um den Pokal", [("Kassel schlug Bremen", "Bremen schlug Kassel")]),
        ("role", "{} vor Gericht die Lüge vor", [("der Trainer warf dem Arzt", "der Arzt warf dem Trainer")]),
        ("negation", "die Gewerkschaft will das Angebot der Bahn {} annehmen", [("heute", "nicht"), ("jetzt", "niemals")]),
        ("word", "die Kurse sind vor Börsenschluss deutlich {}", [("gestiegen", "gefallen")]),
    ],
    "French": [
        ("number", "la commune a vendu {} vieux bus au printemps", [("12", "13"), ("112", "121")]),
        ("sign", "les ventes du chantier ont varié de {} pour cent", [("+3", "-3"), ("0,5", "-0,5")]),
        ("unit", "la nouvelle jetée mesure 400 {} à marée basse", [("mètres", "pieds"), ("m", "km")]),
        ("currency", "la compagnie a demandé une aide de {} au département", [("5 €", "5 $"), ("900 euros", "900 francs")]),
        ("road", "les bouchons sont longs sur {} près du tunnel", [("l’A14", "l’A41"), ("la D906", "la D609")]),
        ("date", "le musée rouvrira ses portes le {}", [("3 mai", "4 mai"), ("lundi", "mardi")]),
        ("score", "les locaux ont gagné {} après prolongation", [("2-1", "3-1"), ("21-12", "12-21")]),
        ("city", "la police a fermé la gare de {} pendant une heure", [("Nantes", "Rennes"), ("Lille", "Lyon")]),
        ("team", "{} recrute un jeune gardien de deuxième division", [("Lens", "Metz"), ("Brest", "Reims")]),
        ("product", "la mise à jour est prête pour le {} et avant", [("Nova 7", "Nova 8"), ("Nova Pro", "Nova Lite")]),
        ("role", "{} en finale de la coupe", [("Nantes a battu Rennes", "Rennes a battu Nantes")]),
        ("role", "{} de mentir au tribunal", [("le médecin accuse son avocat", "son avocat accuse le médecin")]),
        ("negation", "le syndicat affirme que cette offre est {} acceptable", [("bien", "jamais")]),
        ("word", "les cours ont {} avant la clôture de la bourse", [("grimpé", "chuté")]),
    ],
    "Spanish": [
        ("number", "el ayuntamiento vendió {} autobuses viejos en primavera", [("12", "13"), ("112", "121")]),
        ("sign", "las ventas del astillero variaron un {} por ciento", [("+3", "-3"), ("0,5", "-0,5")]),
        ("unit", "el nuevo muelle mide 400 {} con la marea baja", [("metros", "pies"), ("m", "km")]),
        ("currency", "la naviera pidió {} de ayuda a la provincia", [("5 €", "5 $"), ("900 euros", "900 pesos")]),
        ("road", "hay largas colas en la {} cerca del túnel", [("A14", "A41"), ("N-340", "N-430")]),
        ("date", "el museo abrirá de nuevo sus puertas el {}", [("3 de mayo", "4 de mayo"), ("lunes", "martes")]),
        ("score", "los locales ganaron {} en la prórroga", [("2-1", "3-1"), ("21-12", "12-21")]),
        ("city", "la policía cerró la estación de {} durante una hora", [("Murcia", "Huelva"), ("Lugo", "León")]),
        ("team", "{} ficha a un joven portero de segunda división", [("Osasuna", "Alavés"), ("Cádiz", "Málaga")]),
        ("product", "la actualización está lista para el {} y anteriores", [("Nova 7", "Nova 8"), ("Nova Pro", "Nova Lite")]),
        ("role", "{} en la final de la copa", [("Murcia venció a Huelva", "Huelva venció a Murcia")]),
        ("role", "{} de mentir ante el juez", [("el médico acusó al entrenador", "el entrenador acusó al médico")]),
        ("negation", "el sindicato dijo que {} aceptará esa oferta", [("hoy", "no"), ("quizá", "nunca")]),
        ("word", "las acciones {} con fuerza antes del cierre", [("subieron", "bajaron")]),
    ],
    "Polish": [
        ("number", "rada miasta sprzedała wiosną {} starych autobusów", [("12", "13"), ("112", "121")]),
        ("sign", "sprzedaż stoczni zmieniła się o {} procent", [("+3", "-3"), ("0,5", "-0,5")]),
        ("unit", "nowe molo ma przy odpływie 400 {} długości", [("metrów", "stóp"), ("m", "km")]),
        ("currency", "armator poprosił powiat o {} wsparcia", [("5 €", "5 $"), ("900 złotych", "900 koron")]),
        ("road", "na drodze {} tworzą się korki przed tunelem", [("A14", "A41"), ("DK 75", "DK 57")]),
        ("date", "muzeum znów otworzy swoje drzwi {}", [("3 maja", "4 maja"), ("w poniedziałek", "we wtorek")]),
        ("score", "gospodarze wygrali po dogrywce {}", [("2:1", "3:1"), ("21:12", "12:21")]),
        ("city", "policja zamknęła na godzinę dworzec w mieście {}", [("Radom", "Kielce"), ("Opole", "Tychy")]),
        ("team", "{} sprowadza młodego bramkarza z drugiej ligi", [("Cracovia", "Wisła"), ("Lechia", "Arka")]),
        ("role", "{} w finale krajowego pucharu", [("Radom pokonał Kielce", "Kielce pokonał Radom")]),
        ("negation", "związek ogłosił, że {} przyjmie tej oferty", [("chętnie", "nie"), ("zaraz", "nigdy")]),
        ("word", "kursy akcji mocno {} przed zamknięciem giełdy", [("wzrosły", "spadły")]),
    ],
    "Russian": [
        ("number", "городской совет продал весной {} старых автобусов", [("12", "13"), ("112", "121")]),
        ("sign", "продажи верфи изменились на {} процента", [("+3", "-3"), ("0,5", "-0,5")]),
        ("unit", "длина нового причала при отливе 400 {}", [("метров", "футов"), ("м", "км")]),
        ("currency", "перевозчик попросил у области {} помощи", [("5 €", "5 $"), ("900 рублей", "900 крон")]),
        ("road", "на трассе {} стоят длинные пробки у тоннеля", [("М14", "М41"), ("А-75", "А-57")]),
        ("date", "музей снова откроет свои двери {}", [("3 мая", "4 мая"), ("в понедельник", "во вторник")]),
        ("score", "хозяева победили в дополнительное время {}", [("2:1", "3:1"), ("21:12", "12:21")]),
        ("city", "полиция закрыла на час вокзал города {}", [("Тула", "Омск"), ("Псков", "Томск")]),
        ("team", "{} берёт молодого вратаря из второй лиги", [("Спартак", "Динамо"), ("Зенит", "Рубин")]),
        ("role", "{} в финале кубка области", [("Тула обыграла Рязань", "Рязань обыграла Тула")]),
        ("negation", "профсоюз заявил, что {} примет это предложение", [("сегодня", "не"), ("скоро", "никогда")]),
        ("word", "акции резко {} перед закрытием биржи", [("выросли", "упали")]),
    ],
    "Arabic": [
        ("number", "باع المجلس في الربيع {} حافلة قديمة من المدينة", [("12", "13"), ("١١٢", "١٢١")]),
        ("unit", "يبلغ طول الرصيف الجديد عند الجزر 400 {} تقريبا", [("متر", "قدم")]),
        ("currency", "طلبت شركة العبارات من المحافظة مساعدة قدرها 900 {}", [("دينار", "دولار")]),
        ("date", "يفتح المتحف أبوابه من جديد يوم {}", [("الاثنين", "الثلاثاء"), ("3 مايو", "4 مايو")]),
        ("score", "فاز أصحاب الأرض في الوقت الإضافي {}", [("2-1", "3-1")]),
        ("city", "أغلقت الشرطة المحطة الرئيسية في {} لمدة ساعة", [("حلب", "عمان"), ("فاس", "وهران")]),
        ("team", "تعاقد فريق {} مع حارس شاب من الدرجة الثانية", [("الأهلي", "الهلال")]),
        ("role", "{} في المباراة النهائية للكأس", [("هزم الأهلي فريق الهلال", "هزم الهلال فريق الأهلي")]),
        ("negation", "أعلنت النقابة أمس أنها {} تقبل العرض الجديد", [("قد", "لن")]),
        ("word", "أسعار الأسهم {} بقوة قبل إغلاق السوق", [("ارتفعت", "انخفضت")]),
    ],
    "Hindi": [
        ("number", "नगर परिषद ने वसंत में {} पुरानी बसें बेचीं", [("12", "13"), ("११२", "१२१")]),
        ("unit", "नए घाट की लंबाई भाटे के समय 400 {} होती है", [("मीटर", "फुट")]),
        ("currency", "नौका कंपनी ने ज़िले से {} की सहायता माँगी", [("₹900", "$900"), ("5 रुपये", "5 डॉलर")]),
        ("date", "संग्रहालय के दरवाज़े फिर से {} को खुलेंगे", [("3 मई", "4 मई"), ("सोमवार", "मंगलवार")]),
        ("score", "मेज़बान टीम अतिरिक्त समय में {} से जीती", [("2-1", "3-1")]),
        ("city", "पुलिस ने {} का मुख्य स्टेशन एक घंटे बंद रखा", [("पटना", "जयपुर"), ("लखनऊ", "भोपाल")]),
        ("role", "{} फ़ाइनल मुकाबले में आसानी से", [("पटना ने जयपुर को हराया", "जयपुर ने पटना को हराया")]),
        ("negation", "संघ ने कहा कि वह यह प्रस्ताव {} मानेगा", [("ज़रूर", "नहीं")]),
        ("word", "बाज़ार बंद होने से पहले शेयर तेज़ी से {}", [("चढ़े", "गिरे")]),
    ],
    "Chinese": [
        ("number", "市议会去年春天卖掉了{}辆旧公交车", [("12", "13"), ("三", "五")]),
        ("unit", "新码头在退潮的时候长四百{}左右", [("米", "尺")]),
        ("currency", "渡轮公司向县里申请了五百万{}的补助", [("美元", "欧元")]),
        ("date", "博物馆将在{}重新向公众开放", [("5月3日", "5月4日"), ("星期一", "星期二")]),
        ("score", "主队在加时赛中以{}取得了胜利", [("2比1", "3比1")]),
        ("city", "警方把{}火车站关闭了一个小时", [("长沙", "南昌"), ("苏州", "杭州")]),
        ("role", "{}，赢得了全国杯赛的冠军", [("长沙队击败南昌队", "南昌队击败长沙队")]),
        ("negation", "工会昨天晚上表示{}接受公司的方案", [("会", "不会")]),
        ("word", "股价在收盘之前大幅{}", [("上涨", "下跌")]),
    ],
    "Japanese": [
        ("number", "市議会は昨年の春に古いバスを{}台売却した", [("12", "13"), ("三", "五")]),
        ("unit", "新しい桟橋は干潮のとき四百{}の長さがある", [("メートル", "フィート")]),
        ("currency", "フェリー会社は県に五百万{}の補助を求めた", [("ドル", "ユーロ")]),
        ("date", "博物館は{}に再び一般に公開される", [("5月3日", "5月4日"), ("月曜日", "火曜日")]),
        ("score", "地元のチームは延長戦の末に{}で勝った", [("2対1", "3対1")]),
        ("city", "警察は{}駅を一時間にわたって閉鎖した", [("仙台", "高松"), ("岡山", "福山")]),
        ("role", "決勝で{}と発表された", [("仙台が高松に勝った", "高松が仙台に勝った")]),
        ("negation", "組合は会社の案を受け入れ{}と昨夜発表した", [("る", "ない")]),
        ("word", "株価は取引の終わりに大きく{}", [("上がった", "下がった")]),
    ],
    "Thai": [
        ("number", "สภาเมืองขายรถเก่าไป {} คันเมื่อฤดูร้อน", [("12", "13"), ("๑๒", "๑๓")]),
        ("unit", "ท่าเรือใหม่ยาวสี่ร้อย{}ในเวลาน้ำลง", [("เมตร", "ฟุต")]),
        ("currency", "บริษัทเรือขอเงินช่วยเหลือจากจังหวัด {}", [("฿900", "$900")]),
        ("date", "พิพิธภัณฑ์จะเปิดอีกครั้งใน{}", [("วันจันทร์", "วันอังคาร"), ("วันที่ 3", "วันที่ 4")]),
        ("score", "เจ้าบ้านชนะในช่วงต่อเวลาด้วยผล {}", [("2-1", "3-1")]),
        ("city", "ตำรวจปิดสถานีรถไฟที่{}หนึ่งชั่วโมง", [("ลำปาง", "ระยอง")]),
        ("role", "{}ในรอบชิงชนะเลิศ", [("ลำปางชนะระยอง", "ระยองชนะลำปาง")]),
        ("negation", "สหภาพแถลงว่า{}รับข้อเสนอของบริษัท", [("จะ", "จะไม่")]),
        ("word", "ราคาหุ้น{}อย่างมากก่อนปิดตลาด", [("ขึ้น", "ลง")]),
    ],
}  # fmt: skip

FRAMES = {
    "English": [
        ("according to a short statement that was sent out late in the evening, ", ""),
        ("", ", and the town hall wanted to comment on the matter only after the next meeting of the full committee"),
        ("in a long interview with a local radio station the spokeswoman first talked about the weather, then added that ", ", which is what most of those who live along the river had expected for weeks"),
    ],
    "German": [
        ("wie es in einer kurzen Mitteilung vom späten Abend heißt: ", ""),
        ("", ", das Rathaus will sich dazu aber erst nach der nächsten Sitzung des Ausschusses äußern"),
        ("in einem langen Gespräch mit dem Lokalsender sprach die Sprecherin erst über das Wetter und sagte dann, ", ", womit die meisten Anwohner am Fluss seit Wochen gerechnet hatten"),
    ],
    "French": [
        ("selon un bref communiqué envoyé tard dans la soirée, ", ""),
        ("", ", et la mairie souhaite attendre la prochaine réunion du comité avant de commenter la nouvelle"),
        ("dans un long entretien à la radio locale, la porte-parole a parlé du temps, puis ajouté ceci : ", ", ce que la plupart des riverains attendaient depuis des semaines"),
    ],
    "Spanish": [
        ("según un breve comunicado enviado a última hora de la tarde, ", ""),
        ("", ", y la alcaldía quiere esperar a la próxima reunión del comité antes de comentar la noticia"),
        ("en una larga entrevista con la radio local la portavoz habló primero del tiempo y luego añadió que ", ", algo que la mayoría de los vecinos del río esperaba desde hace semanas"),
    ],
    "Polish": [
        ("jak podano późnym wieczorem w krótkim komunikacie, ", ""),
        ("", ", a ratusz chce poczekać z komentarzem do następnego posiedzenia całej komisji"),
        ("w długiej rozmowie z lokalnym radiem rzeczniczka mówiła najpierw o pogodzie, a potem dodała, że ", ", czego większość mieszkańców nad rzeką spodziewała się od wielu tygodni"),
    ],
    "Russian": [
        ("как говорится в коротком сообщении, разосланном поздно вечером, ", ""),
        ("", ", а мэрия хочет подождать с ответом до следующего заседания комиссии"),
        ("в длинной беседе с местным радио представитель сначала говорила о погоде, потом добавила: ", ", чего большинство жителей у реки ждали уже много недель подряд"),
    ],
    "Arabic": [
        ("وفقا لبيان قصير صدر في وقت متأخر من المساء ", ""),
        ("", " وتريد البلدية انتظار الاجتماع القادم للجنة قبل التعليق على الخبر"),
        ("في مقابلة طويلة مع الإذاعة المحلية تحدثت المتحدثة أولا عن الطقس ثم أضافت ", " وهذا ما توقعه معظم السكان قرب النهر منذ أسابيع طويلة"),
    ],
    "Hindi": [
        ("देर शाम भेजे गए एक छोटे बयान के अनुसार ", ""),
        ("", " और नगर कार्यालय समिति की अगली बैठक के बाद ही टिप्पणी करेगा"),
        ("स्थानीय रेडियो से लंबी बातचीत में प्रवक्ता ने पहले मौसम की चर्चा की और फिर बताया कि ", " जिसकी उम्मीद नदी किनारे के ज़्यादातर लोगों को हफ़्तों से थी"),
    ],
    "Chinese": [
        ("根据昨天深夜发出的一份简短声明，", ""),
        ("", "，市政府希望等到委员会下次开会以后再作评论"),
        ("发言人在接受本地电台长时间采访时先谈了天气，然后补充说，", "，这正是河边大多数居民几个星期以来所预料的"),
    ],
    "Japanese": [
        ("昨夜遅くに配られた短い声明によると、", ""),
        ("", "。市役所は次の委員会の会合が終わってから説明したいとしている"),
        ("地元のラジオ局との長い会見で広報担当者はまず天気の話をし、それから次のように述べた。", "。川沿いに住む人の多くは何週間も前からそう考えていた"),
    ],
    "Thai": [
        ("ตามแถลงการณ์สั้นที่ออกมาเมื่อคืนนี้ ", ""),
        ("", " และเทศบาลต้องการรอการประชุมครั้งต่อไปก่อนให้ความเห็น"),
        ("ในการสัมภาษณ์กับวิทยุท้องถิ่น โฆษกพูดเรื่องอากาศก่อนแล้วกล่าวว่า ", " ซึ่งชาวบ้านริมแม่น้ำส่วนใหญ่คาดไว้หลายสัปดาห์แล้ว"),
    ],
}  # fmt: skip

CREDITS = {
    "English": " Photo: Ann Lee/Agency", "German": " Foto: Anna Lehm/Agentur", "French": " © Anne Lefort/Agence",
    "Spanish": " | Foto: Ana Lera", "Polish": " Fot. Anna Lis", "Russian": " Фото: Анна Лис", "Arabic": " © أمل نور",
    "Hindi": " © अमृता लाल", "Chinese": " © 李安", "Japanese": " © 李安", "Thai": " © อนงค์",
}  # fmt: skip
LABELS = {
    "English": "Read more: ", "German": "Lesen Sie auch: ", "French": "À lire aussi : ", "Spanish": "Leer también: ",
    "Polish": "Czytaj też: ", "Russian": "Читайте также: ", "Arabic": "اقرأ أيضا: ", "Hindi": "यह भी पढ़ें: ",
    "Chinese": "视频：", "Japanese": "動画：", "Thai": "อ่านต่อ: ",
}  # fmt: skip
ARTICLES = {
    "English": (" the ", " a "), "German": (" der ", " einer "), "French": (" la ", " une "), "Spanish": (" la ", " una "),
}  # fmt: skip


def framed(language: str, core: str) -> list[str]:
    """The sentence by itself and in each frame, beginning with a capital."""
    texts = [core, *(before + core + after for before, after in FRAMES[language])]
    return [text[0].upper() + text[1:] for text in texts]


def changed_pairs() -> list[tuple[str, str, str, str]]:
    """Language, what changed, and two sentences that say different things."""
    return [
        (language, what, one, other)
        for language, slots in SLOTS.items()
        for what, template, values in slots
        for value, changed in values
        for one, other in zip(
            framed(language, template.format(value)), framed(language, template.format(changed)), strict=True
        )
    ]
