"""What is said in the demo's scenes. A talk of the support desk has four turns on one of four topics, in this order."""

from __future__ import annotations

_DESK = (
    ("I was charged twice for order 4172. Can you check that?",
     "I see two charges of the same amount on 4172. One of them was a duplicate, and I have asked for its refund."),
    ("How long will the refund take?",
     "Three to five working days, on the card that you paid with."),
    ("Could you send me a corrected invoice as well?",
     "The corrected invoice is in your account under orders, and I have sent you a copy."),
    ("Thanks. Will this happen again next month?",
     "No. The second charge came from a payment that was tried twice; your plan is billed once a month."),
    ("Where is my parcel? It should have been here on Monday.",
     "It left the depot this morning and is on the van. The carrier expects it at your door before six."),
    ("It still says 'in transit'. Is it lost?",
     "It is not lost: the last scan was two hours ago. The carrier's page is slow to follow."),
    ("Can it be left with a neighbour?",
     "Yes. I have told the carrier to leave it with the neighbour on the ground floor."),
    ("And if they are out too?",
     "Then it goes to the pick-up point round the corner, and you have seven days to collect it."),
    ("The shoes are too small. How do I send them back?",
     "You can return them within thirty days. The label is in your account; print it and drop the box off."),
    ("I no longer have the box. Is that a problem?",
     "Any sturdy box will do, as long as the shoes themselves are unworn."),
    ("Could I have them one size larger instead?",
     "One size larger is in stock. I have set a pair aside until your return arrives."),
    ("Who pays for the shipping?",
     "We do, for the first exchange of an order."),
    ("Are you open on the public holiday?",
     "The shop is closed on that day; this chat is open as usual."),
    ("And on the day after?",
     "On the day after we open at nine, an hour later than usual."),
    ("Do you also have a shop in Lisbon?",
     "Not yet. The nearest one is in Porto."),
    ("That is far. Never mind, thank you.",
     "You are welcome. Delivery to Lisbon takes two days, if that helps."),
)  # fmt: skip

SCENE_ASKED = {
    "support-desk": tuple(asked for asked, _ in _DESK),
    "logistics": tuple(asked for asked, _ in _DESK),
    "doc-search": (
        "Which of our services still use the old login?",
        "What was decided about retention of chat transcripts?",
        "Has somebody seen this error of the billing export before?",
        "Which contracts allow us to process data outside the EU?",
        "Where is the runbook for a full disk on the build machines?",
    ),
    "llm-gateway": (
        "Draft three subject lines for the spring newsletter.",
        "Turn these notes into a table of risks with an owner each.",
        "Classify the feedback below as praise, question or complaint.",
        "Is the limitation of liability in this draft mutual?",
        "Translate the release notes into Portuguese.",
    ),
    "storefront": (
        "I need a waterproof jacket for cycling, under 120 euros.",
        "Which of these tents fits on a small balcony for drying?",
        "Do you have the blue backpack with a laptop sleeve?",
    ),
    "report-writer": (
        "Summarise sales by region against the plan.",
        "Summarise what customers wrote about delivery this week.",
    ),
}
SCENE_ANSWERED = {
    "support-desk": tuple(answered for _, answered in _DESK),
    "logistics": tuple(answered for _, answered in _DESK),
    "doc-search": (
        "Two services are listed with the old login, and both have a date for their move.",
        "Transcripts are kept for ninety days unless a case is open on them.",
        "The same error was seen in March; the ticket names a missing index as its cause.",
        "Three contracts allow it with a notice of thirty days, all others need a consent.",
    ),
    "llm-gateway": (
        "Here are three options, from plain to playful.",
        "The table lists each risk with its owner and the date by which it is looked at again.",
        "Most of the entries are questions, two are complaints about delivery.",
        "The clause limits both parties in the same way, save for the duty of confidence.",
    ),
    "storefront": (
        "Two jackets fit: the Rain Light at 89 euros and the City Shell at 115.",
        "The two-person tent dries best there: it stands on a footprint of 1.4 by 2.1 metres.",
        "Yes, in two sizes. The larger one has a padded sleeve for a 15-inch laptop.",
    ),
    "report-writer": (
        "Sales rose in the north and the west and stayed level in the south.",
        "Customers praise the tracking page and ask for evening slots.",
        "Against the plan the week is ahead by a little, mostly through returns that did not come.",
    ),
}
# "#" is the number that the conversation is about.
SCENE_TOOLS = {
    "look_up_customer": ('{"order": "#"}', '{"name": "on file", "plan": "plus"}'),
    "look_up_invoice": ('{"order": "#"}', '{"charges": 2, "amount_eur": 48.9}'),
    "refund_payment": ('{"order": "#", "amount_eur": 48.9}', '{"state": "accepted"}'),
    "track_parcel": ('{"order": "#"}', '{"state": "in transit", "last_scan": "depot"}'),
    "create_return_label": ('{"order": "#", "reason": "size"}', '{"label": "ready"}'),
    "route_status": ('{"van": "#"}', '{"stops_left": 14}'),
    "find_products": ('{"query": "waterproof jacket", "most_eur": 120}', '{"found": 6}'),
    "add_to_cart": ('{"product": "P-#", "count": 1}', '{"cart": 2}'),
}
