"""What tests of delivery share: an electronic invoice, the day, amounts."""

from datetime import date

DAY = date(2022, 10, 10)
WAN = 10**6
INVOICE = "22370000000012345678"


def digital(number: str, buyer: str) -> bytes:
    """A fully digital invoice of 300,000.00 and 39,000.00 tax."""
    return f"""<?xml version="1.0" encoding="UTF-8"?><EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData>
    <BuyerInformation><BuyerIdNum>{buyer}</BuyerIdNum></BuyerInformation><BasicInformation><TotalAmWithoutTax>300000.00</TotalAmWithoutTax>
    <TotalTaxAm>39000.00</TotalTaxAm></BasicInformation></EInvoiceData><TaxSupervisionInfo><IssueTime>2022-08-10 09:00:00</IssueTime>
    </TaxSupervisionInfo></EInvoice>""".encode()
