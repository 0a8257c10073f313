"""Sentences in many languages, a short and a longer one of each, to measure how well languages are told apart."""

from __future__ import annotations

from typing import Final

SENTENCES: Final[dict[str, tuple[str, str]]] = {
    "af": (
        "Waar is my sleutels?",
        "Gister het ons by die strand gaan stap en daarna het ons saam koffie gedrink, al was dit koud en winderig.",
    ),
    "ar": (
        "أين المفاتيح؟",
        "ذهبنا أمس إلى السوق واشترينا الخبز والفاكهة، ثم عدنا إلى البيت قبل أن يبدأ المطر.",
    ),
    "az": (
        "Açarlarım haradadır?",
        "Dünən bazara getdik, çörək və meyvə aldıq, sonra yağış başlamazdan əvvəl evə qayıtdıq.",
    ),
    "be": (
        "Дзе мае ключы?",
        "Учора мы хадзілі на рынак, купілі хлеб і садавіну, а потым вярнуліся дадому, пакуль не пачаўся дождж.",
    ),
    "bg": (
        "Къде са ми ключовете?",
        "Вчера отидохме на пазара, купихме хляб и плодове и се прибрахме вкъщи, преди да завали дъждът.",
    ),
    "bn": (
        "আমার চাবি কোথায়?",
        "গতকাল আমরা বাজারে গিয়েছিলাম, রুটি আর ফল কিনেছিলাম, তারপর বৃষ্টি শুরু হওয়ার আগে বাড়ি ফিরে এসেছিলাম।",
    ),
    "ca": (
        "On són les meves claus?",
        "Ahir vam anar al mercat, vam comprar pa i fruita i després vam tornar a casa abans que comencés a ploure.",
    ),
    "cs": (
        "Kde jsou moje klíče?",
        "Včera jsme šli na trh, koupili jsme chleba a ovoce a potom jsme se vrátili domů, než začalo pršet.",
    ),
    "cy": (
        "Ble mae fy allweddi?",
        "Ddoe aethon ni i'r farchnad, prynu bara a ffrwythau, ac yna dychwelyd adref cyn i'r glaw ddechrau.",
    ),
    "da": (
        "Hvor er mine nøgler?",
        "I går gik vi på markedet, købte brød og frugt og tog derefter hjem, før det begyndte at regne.",
    ),
    "de": (
        "Wo sind meine Schlüssel?",
        "Gestern waren wir auf dem Markt, haben Brot und Obst gekauft und sind nach Hause gegangen, bevor es regnete.",
    ),
    "el": (
        "Πού είναι τα κλειδιά μου;",
        "Χθες πήγαμε στην αγορά, αγοράσαμε ψωμί και φρούτα και μετά γυρίσαμε στο σπίτι πριν αρχίσει η βροχή.",
    ),
    "en": (
        "Where are my keys?",
        "Yesterday we went to the market, bought bread and fruit, and came home again before the rain began.",
    ),
    "eo": (
        "Kie estas miaj ŝlosiloj?",
        "Hieraŭ ni iris al la bazaro, aĉetis panon kaj fruktojn, kaj poste revenis hejmen antaŭ ol ekpluvis.",
    ),
    "es": (
        "¿Dónde están mis llaves?",
        "Ayer fuimos al mercado, compramos pan y fruta, y después volvimos a casa antes de que empezara a llover.",
    ),
    "et": (
        "Kus mu võtmed on?",
        "Eile käisime turul, ostsime leiba ja puuvilju ning läksime siis enne vihma algust koju tagasi.",
    ),
    "eu": (
        "Non daude nire giltzak?",
        "Atzo azokara joan ginen, ogia eta fruta erosi genituen, eta gero etxera itzuli ginen euria hasi baino lehen.",
    ),
    "fa": (
        "کلیدهای من کجاست؟",
        "دیروز به بازار رفتیم، نان و میوه خریدیم و پیش از آنکه باران شروع شود به خانه برگشتیم.",
    ),
    "fi": (
        "Missä avaimeni ovat?",
        "Eilen kävimme torilla, ostimme leipää ja hedelmiä ja palasimme sitten kotiin ennen kuin alkoi sataa.",
    ),
    "fil": (
        "Nasaan ang mga susi ko?",
        "Kahapon ay pumunta kami sa palengke, bumili ng tinapay at prutas, at umuwi bago nagsimulang umulan.",
    ),
    "fr": (
        "Où sont mes clés ?",
        "Hier, nous sommes allés au marché pour acheter du pain, puis nous sommes rentrés avant la pluie.",
    ),
    "ga": (
        "Cá bhfuil mo chuid eochracha?",
        "Chuamar go dtí an margadh inné, cheannaíomar arán agus torthaí, agus d'fhilleamar roimh an mbáisteach.",
    ),
    "gu": (
        "મારી ચાવીઓ ક્યાં છે?",
        "ગઈકાલે અમે બજારમાં ગયા, રોટલી અને ફળ ખરીદ્યાં, અને વરસાદ શરૂ થાય તે પહેલાં ઘરે પાછા આવ્યા.",
    ),
    "he": (
        "איפה המפתחות שלי?",
        "אתמול הלכנו לשוק, קנינו לחם ופירות, ואחר כך חזרנו הביתה לפני שהתחיל לרדת גשם.",
    ),
    "hi": (
        "मेरी चाबियाँ कहाँ हैं?",
        "कल हम बाज़ार गए थे, रोटी और फल खरीदे, और फिर बारिश शुरू होने से पहले घर लौट आए।",
    ),
    "hr": (
        "Gdje su moji ključevi?",
        "Jučer smo išli na tržnicu, kupili kruh i voće te se vratili kući prije nego što je počela padati kiša.",
    ),
    "hu": (
        "Hol vannak a kulcsaim?",
        "Tegnap elmentünk a piacra, vettünk kenyeret és gyümölcsöt, aztán hazamentünk, mielőtt eleredt az eső.",
    ),
    "hy": (
        "Որտե՞ղ են իմ բանալիները։",
        "Երեկ մենք գնացինք շուկա, գնեցինք հաց և միրգ, իսկ հետո տուն վերադարձանք՝ մինչև անձրևի սկսվելը։",
    ),
    "id": (
        "Di mana kunci saya?",
        "Kemarin kami pergi ke pasar, membeli roti dan buah-buahan, lalu pulang ke rumah sebelum hujan turun.",
    ),
    "is": (
        "Hvar eru lyklarnir mínir?",
        "Í gær fórum við á markaðinn, keyptum brauð og ávexti og komum svo heim áður en það byrjaði að rigna.",
    ),
    "it": (
        "Dove sono le mie chiavi?",
        "Ieri siamo andati al mercato, abbiamo comprato pane e frutta e poi siamo tornati a casa prima della pioggia.",
    ),
    "ja": (
        "鍵はどこですか。",
        "昨日は市場に行って、パンと果物を買い、雨が降り始める前に家に帰りました。",
    ),
    "ka": (
        "სად არის ჩემი გასაღები?",
        "გუშინ ბაზარში წავედით, პური და ხილი ვიყიდეთ და წვიმის დაწყებამდე სახლში დავბრუნდით.",
    ),
    "kk": (
        "Менің кілттерім қайда?",
        "Кеше біз базарға барып, нан мен жеміс сатып алдық, содан кейін жаңбыр басталмай тұрып үйге қайттық.",
    ),
    "ko": (
        "제 열쇠가 어디 있어요?",
        "어제 우리는 시장에 가서 빵과 과일을 사고 비가 오기 전에 집으로 돌아왔습니다.",
    ),
    "lt": (
        "Kur yra mano raktai?",
        "Vakar ėjome į turgų, nusipirkome duonos ir vaisių, o paskui grįžome namo, kol nepradėjo lyti.",
    ),
    "lv": (
        "Kur ir manas atslēgas?",
        "Vakar mēs gājām uz tirgu, nopirkām maizi un augļus un pēc tam atgriezāmies mājās, pirms sāka līt.",
    ),
    "mk": (
        "Каде се моите клучеви?",
        "Вчера отидовме на пазар, купивме леб и овошје, а потоа се вративме дома пред да почне да врне дожд.",
    ),
    "mr": (
        "माझ्या चाव्या कुठे आहेत?",
        "काल आम्ही बाजारात गेलो, भाकरी आणि फळे विकत घेतली आणि पाऊस सुरू होण्याआधी घरी परत आलो.",
    ),
    "ms": (
        "Di manakah kunci saya?",
        "Semalam kami pergi ke pasar, membeli roti dan buah, kemudian pulang ke rumah sebelum hujan mula turun.",
    ),
    "nl": (
        "Waar zijn mijn sleutels?",
        "Gisteren zijn we naar de markt gegaan, hebben we brood en fruit gekocht en waren we thuis voor de regen.",
    ),
    "no": (
        "Hvor er nøklene mine?",
        "I går gikk vi på torget, kjøpte brød og frukt og dro hjem igjen før det begynte å regne.",
    ),
    "pa": (
        "ਮੇਰੀਆਂ ਚਾਬੀਆਂ ਕਿੱਥੇ ਹਨ?",
        "ਕੱਲ੍ਹ ਅਸੀਂ ਬਾਜ਼ਾਰ ਗਏ, ਰੋਟੀ ਅਤੇ ਫਲ ਖਰੀਦੇ, ਅਤੇ ਮੀਂਹ ਸ਼ੁਰੂ ਹੋਣ ਤੋਂ ਪਹਿਲਾਂ ਘਰ ਵਾਪਸ ਆ ਗਏ।",
    ),
    "pl": (
        "Gdzie są moje klucze?",
        "Wczoraj poszliśmy na targ, kupiliśmy chleb i owoce, a potem wróciliśmy do domu, zanim zaczęło padać.",
    ),
    "pt": (
        "Onde estão as minhas chaves?",
        "Ontem fomos ao mercado, comprámos pão e fruta, e depois voltámos para casa antes de começar a chover.",
    ),
    "ro": (
        "Unde sunt cheile mele?",
        "Ieri am fost la piață, am cumpărat pâine și fructe, apoi ne-am întors acasă înainte să înceapă ploaia.",
    ),
    "ru": (
        "Где мои ключи?",
        "Вчера мы ходили на рынок, купили хлеб и фрукты, а потом вернулись домой, пока не начался дождь.",
    ),
    "sk": (
        "Kde sú moje kľúče?",
        "Včera sme išli na trh, kúpili sme chlieb a ovocie a potom sme sa vrátili domov skôr, než začalo pršať.",
    ),
    "sl": (
        "Kje so moji ključi?",
        "Včeraj smo šli na tržnico, kupili kruh in sadje ter se vrnili domov, preden je začelo deževati.",
    ),
    "so": (
        "Xaggee bay furayaashaydu ku yaalliin?",
        "Shalay waxaan tagnay suuqa, waxaan soo iibsannay rooti iyo miro, ka dibna guriga ayaan ku soo noqonnay.",
    ),
    "sq": (
        "Ku janë çelësat e mi?",
        "Dje shkuam në treg, blemë bukë dhe fruta, dhe pastaj u kthyem në shtëpi para se të fillonte shiu.",
    ),
    "sr": (
        "Где су моји кључеви?",
        "Јуче смо ишли на пијацу, купили хлеб и воће и вратили се кући пре него што је почела киша.",
    ),
    "sv": (
        "Var är mina nycklar?",
        "I går gick vi till torget, köpte bröd och frukt och åkte sedan hem innan det började regna.",
    ),
    "sw": (
        "Funguo zangu ziko wapi?",
        "Jana tulienda sokoni, tukanunua mkate na matunda, kisha tukarudi nyumbani kabla ya mvua kuanza kunyesha.",
    ),
    "ta": (
        "என் சாவிகள் எங்கே?",
        "நேற்று நாங்கள் சந்தைக்குச் சென்று ரொட்டியும் பழங்களும் வாங்கி, மழை தொடங்கும் முன் வீடு திரும்பினோம்.",
    ),
    "te": (
        "నా తాళాలు ఎక్కడ ఉన్నాయి?",
        "నిన్న మేము బజారుకు వెళ్లి రొట్టె, పండ్లు కొని, వర్షం మొదలయ్యే ముందు ఇంటికి తిరిగి వచ్చాము.",
    ),
    "th": (
        "กุญแจของฉันอยู่ที่ไหน",
        "เมื่อวานเราไปตลาด ซื้อขนมปังกับผลไม้ แล้วกลับบ้านก่อนที่ฝนจะตก",
    ),
    "tr": (
        "Anahtarlarım nerede?",
        "Dün pazara gittik, ekmek ve meyve aldık, sonra yağmur başlamadan önce eve döndük.",
    ),
    "uk": (
        "Де мої ключі?",
        "Учора ми ходили на ринок, купили хліб і фрукти, а потім повернулися додому, поки не почався дощ.",
    ),
    "ur": (
        "میری چابیاں کہاں ہیں؟",
        "کل ہم بازار گئے، روٹی اور پھل خریدے، اور پھر بارش شروع ہونے سے پہلے گھر واپس آ گئے۔",
    ),
    "vi": (
        "Chìa khóa của tôi ở đâu?",
        "Hôm qua chúng tôi đi chợ, mua bánh mì và trái cây, rồi về nhà trước khi trời bắt đầu mưa.",
    ),
    "zh": (
        "我的钥匙在哪里？",
        "昨天我们去了市场，买了面包和水果，然后在下雨之前回到了家。",
    ),
    "zh-Hant": (
        "我的鑰匙在哪裡？",
        "昨天我們去了市場，買了麵包和水果，然後在下雨之前回到了家裡。",
    ),
}

WORDLESS: Final = (
    "123 456,78",
    "😀🎉",
    "!!! ... ???",
    "§ 12",
    "+49 30 123456",
    "3.14159 * 2 = 6.28318",
    "\u200b\u200d",
)
"""In no language."""

CODE: Final = (
    "for (let i = 0; i < n; i++) { sum += xs[i] * ys[i]; }",
    "def f(x, y):\n    return [x[i] for i in range(len(y))]",
    "SELECT id, name FROM users WHERE age > 30 ORDER BY id;",
    '{"id": 17, "tags": ["a1", "b2"], "ok": true}',
    "https://example.org/a/b?c=1&d=2",
)
"""In no language that people speak."""
