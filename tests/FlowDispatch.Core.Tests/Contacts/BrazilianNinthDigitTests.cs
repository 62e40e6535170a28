using FlowDispatch.Contacts;

namespace FlowDispatch.Tests.Contacts;

public sealed class BrazilianNinthDigitTests
{
    [Theory]
    [InlineData("5511999999999", "551199999999")]
    [InlineData("551199999999", "5511999999999")]
    [InlineData("551161234567", "5511961234567")]
    [InlineData("5511961234567", "551161234567")]
    [InlineData("5511911111086", "551111111086")] // mobiles are given every digit after the ninth
    [InlineData("551111111086", "5511911111086")]
    [InlineData("551133334444", "5511933334444")]
    public void A_Brazilian_mobile_has_a_form_with_and_one_without_the_ninth_digit(string digits, string other) =>
        Assert.Equal([digits, other], BrazilianNinthDigit.Variants(digits));

    [Theory]
    [InlineData("5511888888888")] // thirteen digits without a ninth digit
    [InlineData("15550100123")]
    [InlineData("4915512345678")]
    [InlineData("55119999999")]
    [InlineData("55")]
    [InlineData("")]
    [InlineData("55119999999x")]
    public void Any_other_number_has_only_itself(string digits) => Assert.Equal([digits], BrazilianNinthDigit.Variants(digits));
}
