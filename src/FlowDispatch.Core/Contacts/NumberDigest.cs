using System.Security.Cryptography;
using System.Text;

namespace FlowDispatch.Contacts;

/// <summary>Stands for a number that must be known again and not read: a keyed digest (HMAC-SHA-256).</summary>
/// <remarks>
/// Both forms of a Brazilian mobile have one digest. There are few enough numbers to try them all, so a digest tells
/// nothing only to those who don't have the key: whoever gets at the whole store has both.
/// </remarks>
public static class NumberDigest
{
    /// <summary>A key: 32 random bytes in Base64. Each organization has its own, made when its first contact is erased.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32));

    /// <summary>The digest of a number, 64 hexadecimal digits.</summary>
    /// <param name="key">Of <see cref="NewKey"/>.</param>
    /// <param name="number">E.164 digits.</param>
    public static string Of(string key, string number)
    {
        ArgumentNullException.ThrowIfNull(key);
        var one = BrazilianNinthDigit.Variants(number).MaxBy(v => v.Length)!;
        return Convert.ToHexStringLower(HMACSHA256.HashData(Convert.FromBase64String(key), Encoding.UTF8.GetBytes(one)));
    }
}
